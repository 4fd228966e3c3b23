"""The database schema as sqlite-utils migrations. Never edit a released migration; add a new one."""

from sqlite_utils import Database, Migrations

from aggregator.errors import StoreError
from aggregator.store.strict_copy import make_strict

migrations = Migrations("aggregator")


@migrations()
def m001_first_tables(db: Database) -> None:
    """The first tables; docs/store.md explains every column."""
    db.executescript(
        """
        CREATE TABLE places (id TEXT PRIMARY KEY, first_seen TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE aliases (
            alias TEXT PRIMARY KEY, place_id TEXT NOT NULL REFERENCES places(id)
        ) WITHOUT ROWID;
        CREATE TABLE locations (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            key TEXT NOT NULL,
            place_id TEXT NOT NULL REFERENCES places(id),
            facts TEXT NOT NULL,
            gone_at TEXT,
            UNIQUE (source, key)
        );
        CREATE TABLE checks (id INTEGER PRIMARY KEY, checked_at TEXT NOT NULL, valid_at TEXT);
        -- deferred: a row of checks may go before the last of its locations has moved to another
        CREATE TABLE answers (
            location_id INTEGER PRIMARY KEY REFERENCES locations(id),
            check_id INTEGER NOT NULL REFERENCES checks(id) DEFERRABLE INITIALLY DEFERRED,
            available TEXT NOT NULL,
            count INTEGER,
            until TEXT,
            changed_at TEXT NOT NULL,
            said TEXT NOT NULL
        );
        CREATE INDEX answers_by_check ON answers (check_id);
        CREATE TABLE external_ids (
            system TEXT NOT NULL,
            value TEXT NOT NULL,
            location_id INTEGER NOT NULL REFERENCES locations(id),
            PRIMARY KEY (system, value, location_id)
        ) WITHOUT ROWID;
        CREATE INDEX external_ids_by_location ON external_ids (location_id);
        CREATE TABLE changes (
            id INTEGER PRIMARY KEY,
            location_id INTEGER NOT NULL REFERENCES locations(id),
            at TEXT NOT NULL,
            available TEXT NOT NULL,
            count INTEGER
        );
        CREATE INDEX changes_by_location ON changes (location_id, id);
        CREATE TABLE sources (
            name TEXT PRIMARY KEY,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL,
            attempted_at TEXT NOT NULL,
            last_good_at TEXT,
            next_visit_at TEXT NOT NULL,
            failures INTEGER NOT NULL,
            doubted INTEGER NOT NULL,
            took REAL NOT NULL,
            problems TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE visits (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            at TEXT NOT NULL,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL,
            took REAL NOT NULL,
            locations INTEGER NOT NULL,
            row_count INTEGER NOT NULL,
            unread INTEGER NOT NULL,
            requests INTEGER NOT NULL,
            received INTEGER NOT NULL
        );
        CREATE TABLE hosts (
            host TEXT NOT NULL,
            day TEXT NOT NULL,
            requests INTEGER NOT NULL,
            not_modified INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (host, day)
        ) WITHOUT ROWID;
        CREATE TABLE kept_answers (key TEXT PRIMARY KEY, stored_at TEXT NOT NULL, data BLOB NOT NULL);
        """
    )


@migrations()
def m002_places_of_several_locations(db: Database) -> None:
    """Merged places: since when and why an id stands for another place, and what has been matched."""
    db.executescript(
        """
        -- no alias was ever written before this migration; a time all the same, so that every row can be read
        ALTER TABLE aliases ADD COLUMN since TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000+00:00';
        ALTER TABLE aliases ADD COLUMN why TEXT NOT NULL DEFAULT '';
        CREATE INDEX aliases_by_place ON aliases (place_id);
        ALTER TABLE locations ADD COLUMN matched INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX locations_unmatched ON locations (id) WHERE matched = 0;
        CREATE INDEX locations_by_place ON locations (place_id);
        CREATE TABLE matching (id INTEGER PRIMARY KEY CHECK (id = 1), rules TEXT NOT NULL);
        """
    )


@migrations()
def m003_estimates_of_waiting_rooms(db: Database) -> None:
    """The waiting time that a waiting room stated at the last visit."""
    db.execute("ALTER TABLE sources ADD COLUMN wait_minutes INTEGER")


@migrations()
def m004_waits_of_hosts_and_begun_visits(db: Database) -> None:
    """Host waits and begun visits, so that a restarted process stays as polite as the one before it."""
    db.executescript(
        """
        CREATE TABLE host_waits (
            host TEXT PRIMARY KEY,
            since TEXT NOT NULL,
            until TEXT NOT NULL,
            reason TEXT NOT NULL,
            times INTEGER NOT NULL,
            spacing REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE begun_visits (
            source TEXT PRIMARY KEY, began_at TEXT NOT NULL, next_visit_at TEXT NOT NULL
        ) WITHOUT ROWID;
        """
    )


@migrations()
def m005_faults_of_publishing(db: Database) -> None:
    """What the last publish left out or why it failed, and what matching could not compare."""
    db.executescript(
        """
        CREATE TABLE last_publish (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            at TEXT NOT NULL,
            failure TEXT NOT NULL,
            faults TEXT NOT NULL
        );
        ALTER TABLE matching ADD COLUMN faults TEXT NOT NULL DEFAULT '[]';
        """
    )


@migrations()
def m006_how_long_a_stated_time_holds(db: Database) -> None:
    """Until when an answer with a `valid_at` counts; NULL means as long as the region's settings say."""
    db.execute("ALTER TABLE checks ADD COLUMN valid_until TEXT")


@migrations()
def m007_strict_tables(db: Database) -> None:
    """Strict tables: SQLite rejects values that could not be read back. Adds the view `slots`."""
    make_strict(db)


@migrations()
def m008_where_locations_were_first(db: Database) -> None:
    """The first facts of a location whose address changed, so that its id cannot wander off in small steps."""
    db.execute(
        "CREATE TABLE anchors (location_id INTEGER PRIMARY KEY REFERENCES locations(id), "
        "facts TEXT NOT NULL CONSTRAINT facts_is_json CHECK (json_valid(facts))) STRICT"
    )


@migrations()
def m009_whose_it_is(db: Database) -> None:
    """One row with the name of the region that owns the database."""
    db.execute("CREATE TABLE region (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL) STRICT")


@migrations()
def m010_state_of_sources(db: Database) -> None:
    """What a source keeps between visits: a cursor, and the items that it has read."""
    db.execute(
        "CREATE TABLE kept_state (source TEXT NOT NULL REFERENCES sources(name), key TEXT NOT NULL, "
        "text TEXT NOT NULL, PRIMARY KEY (source, key)) STRICT, WITHOUT ROWID"
    )


@migrations()
def m011_first_of_many(db: Database) -> None:
    """The view `slots` shows whether a slot's count is of all appointments from its start on."""
    found = db.execute("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'slots'").fetchone()
    column = "coalesce(json_extract(slot.value, '$.first_of_many'), 0) AS first_of_many"
    select, tables = found[0].split("FROM answers", 1)
    db.execute("DROP VIEW slots")
    db.execute(f"{select.rstrip()},\n        {column}\n    FROM answers{tables}")


@migrations()
def m012_whom_to_name(db: Database) -> None:
    """Whom to name beside the data of a source, as its pages state it; NULL if they don't."""
    db.execute(
        "ALTER TABLE sources ADD COLUMN attribution TEXT CONSTRAINT attribution_is_json "
        "CHECK (attribution IS NULL OR json_valid(attribution))"
    )


def migrate(db: Database, path: str) -> None:
    """Brings the database up to date; StoreError if a newer version of the program wrote it.

    Call it before foreign keys are switched on, because migrations replace tables.
    """
    known = {migration.name for migration in migrations.pending(db)} | {m.name for m in migrations.applied(db)}
    ours = {name for name in globals() if name.startswith("m0")}
    if newer := sorted(known - ours):
        raise StoreError(
            f"{path}: a newer version of aggregator wrote this database (it has {', '.join(newer)}, which this version "
            "does not know); upgrade the program, or name another database with --db"
        )
    if migrations.pending(db):
        migrations.apply(db)
