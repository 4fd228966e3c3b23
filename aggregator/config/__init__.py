"""The region file and what it says: `Region`, its `Source`s, and where a release is published."""
