"""The region file as records: `Region`, its `Source`s, and where a release is published."""
