"""The tables as migration 7 creates them: STRICT, with CHECKs for enumerations and times, and foreign keys.

SQLite itself rejects a value that this program could not read back, whoever writes it. Rows of an older database that
do not fit move to `set_aside`, so that nothing is lost and nothing damaged is read again.
"""

# Written out instead of imported from `model`, because a migration must stay as it was released.
ANSWERS = ("YES", "NO", "UNKNOWN")
OUTCOMES = ("OK", "EMPTY", "BUSY", "BLOCKED", "CHANGED", "DOWN")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} TEXT NOT NULL CONSTRAINT {column}_is_known CHECK ({column} IN {values})"


def _time(column: str) -> str:
    return f"{column} TEXT NOT NULL CONSTRAINT {column}_is_a_time CHECK ({_is_time(column)})"


def _maybe_time(column: str) -> str:
    return f"{column} TEXT CONSTRAINT {column}_is_a_time CHECK ({column} IS NULL OR ({_is_time(column)}))"


def _is_time(column: str) -> str:
    """A condition that the column has the form that `times.stamp` writes.

    '+0 days' makes SQLite compute the date, so that it rejects 31 February.
    """
    second = f"substr({column}, 1, 19)"
    return (
        f"strftime('%Y-%m-%dT%H:%M:%S', {second}, '+0 days') IS {second} "
        f"AND substr({column}, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]+00:00'"
    )


def _number(column: str, kind: str = "INTEGER NOT NULL") -> str:
    return f"{column} {kind} CONSTRAINT {column}_is_not_negative CHECK ({column} >= 0)"


def _json(column: str, default: str = "") -> str:
    return f"{column} TEXT NOT NULL {default} CONSTRAINT {column}_is_json CHECK (json_valid({column}))"


TABLES = {
    "places": f"(id TEXT PRIMARY KEY, {_time('first_seen')}) STRICT, WITHOUT ROWID",
    "aliases": f"""(
        alias TEXT PRIMARY KEY,
        place_id TEXT NOT NULL REFERENCES places(id),
        {_time("since")},
        why TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "sources": f"""(
        name TEXT PRIMARY KEY,
        {_one_of("outcome", OUTCOMES)},
        message TEXT NOT NULL,
        {_time("attempted_at")},
        {_maybe_time("last_good_at")},
        {_time("next_visit_at")},
        {_number("failures")},
        {_number("doubted")},
        took REAL NOT NULL,
        {_json("problems")},
        wait_minutes INTEGER
    ) STRICT, WITHOUT ROWID""",
    "locations": f"""(
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources(name),
        key TEXT NOT NULL,
        place_id TEXT NOT NULL REFERENCES places(id),
        {_json("facts")},
        {_maybe_time("gone_at")},
        matched INTEGER NOT NULL DEFAULT 0 CHECK (matched IN (0, 1)),
        UNIQUE (source, key)
    ) STRICT""",
    "checks": f"""(
        id INTEGER PRIMARY KEY,
        {_time("checked_at")},
        {_maybe_time("valid_at")},
        {_maybe_time("valid_until")}
    ) STRICT""",
    # check_id is deferred: a row of checks may be deleted before the last of its locations has moved to another row.
    "answers": f"""(
        location_id INTEGER PRIMARY KEY REFERENCES locations(id),
        check_id INTEGER NOT NULL REFERENCES checks(id) DEFERRABLE INITIALLY DEFERRED,
        {_one_of("available", ANSWERS)},
        {_number("count", "INTEGER")},
        {_maybe_time("until")},
        {_time("changed_at")},
        {_json("said")}
    ) STRICT""",
    "external_ids": """(
        system TEXT NOT NULL,
        value TEXT NOT NULL,
        location_id INTEGER NOT NULL REFERENCES locations(id),
        PRIMARY KEY (system, value, location_id)
    ) STRICT, WITHOUT ROWID""",
    "changes": f"""(
        id INTEGER PRIMARY KEY,
        location_id INTEGER NOT NULL REFERENCES locations(id),
        {_time("at")},
        {_one_of("available", ANSWERS)},
        {_number("count", "INTEGER")}
    ) STRICT""",
    "visits": f"""(
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources(name),
        {_time("at")},
        {_one_of("outcome", OUTCOMES)},
        message TEXT NOT NULL,
        took REAL NOT NULL,
        locations INTEGER NOT NULL,
        row_count INTEGER NOT NULL,
        unread INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        received INTEGER NOT NULL
    ) STRICT""",
    "hosts": """(
        host TEXT NOT NULL,
        day TEXT NOT NULL CHECK (date(day, '+0 days') IS day),
        requests INTEGER NOT NULL,
        not_modified INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        received INTEGER NOT NULL,
        PRIMARY KEY (host, day)
    ) STRICT, WITHOUT ROWID""",
    "kept_answers": f"""(
        key TEXT PRIMARY KEY, {_time("stored_at")}, data BLOB NOT NULL
    ) STRICT""",
    "matching": f"""(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        rules TEXT NOT NULL,
        {_json("faults", "DEFAULT '[]'")}
    ) STRICT""",
    "host_waits": f"""(
        host TEXT PRIMARY KEY,
        {_time("since")},
        {_time("until")},
        reason TEXT NOT NULL,
        {_number("times")},
        {_number("spacing", "REAL NOT NULL")}
    ) STRICT, WITHOUT ROWID""",
    # No foreign key to sources: a visit is recorded before its source has a row.
    "begun_visits": f"""(
        source TEXT PRIMARY KEY,
        {_time("began_at")},
        {_time("next_visit_at")}
    ) STRICT, WITHOUT ROWID""",
    "last_publish": f"""(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        {_time("at")},
        failure TEXT NOT NULL,
        {_json("faults")}
    ) STRICT""",
}

INDEXES = """
    CREATE INDEX aliases_by_place ON aliases (place_id);
    CREATE INDEX locations_unmatched ON locations (id) WHERE matched = 0;
    CREATE INDEX locations_by_place ON locations (place_id);
    CREATE INDEX answers_by_check ON answers (check_id);
    CREATE INDEX external_ids_by_location ON external_ids (location_id);
    CREATE INDEX changes_by_location ON changes (location_id, id);
    CREATE INDEX changes_by_time ON changes (at);
"""

# A slot is stored once, in its answer; fields with the default of `model.Slot` are left out there.
SLOTS = """
    CREATE VIEW slots AS
    SELECT
        source, place_id, location_id, slot.key AS number,
        json_extract(slot.value, '$.start') AS start,
        json_extract(slot.value, '$.end') AS "end",
        strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(slot.value, '$.start')) AS start_utc,
        coalesce(json_extract(slot.value, '$.available'), 'YES') AS available,
        json_extract(slot.value, '$.count') AS count,
        coalesce(json_extract(slot.value, '$.at_least'), 0) AS at_least,
        coalesce(json_extract(slot.value, '$.products'), '[]') AS products,
        coalesce(json_extract(slot.value, '$.doses'), '[]') AS doses,
        coalesce(json_extract(slot.value, '$.booking_url'), '') AS booking_url,
        coalesce(json_extract(slot.value, '$.all_day'), 0) AS all_day,
        coalesce(json_extract(slot.value, '$.window'), 0) AS window
    FROM answers JOIN locations ON locations.id = location_id, json_each(said, '$.slots') AS slot
    WHERE gone_at IS NULL;
"""


def _refuse_wrong_slots(event: str) -> str:
    """A trigger that rejects unreadable slots, because a CHECK cannot look into a list.

    `json_tree` reads the text once; json_extract for every field would take four times as long.
    """
    ending = "substr(atom, 20)"  # the text after the seconds of a time: perhaps a fraction, and the offset
    return f"""
    CREATE TRIGGER answers_{event.split()[0].lower()}_slots BEFORE {event} ON answers
    WHEN json_valid(NEW.said) AND EXISTS (
        SELECT 1 FROM json_tree(NEW.said, '$.slots') WHERE CASE key
            WHEN 'start' THEN strftime('%s', atom) IS NULL OR NOT ({ending} GLOB '*Z' OR {ending} GLOB '*[+-]??:??')
            WHEN 'end' THEN strftime('%s', atom) IS NULL OR NOT ({ending} GLOB '*Z' OR {ending} GLOB '*[+-]??:??')
            WHEN 'available' THEN atom NOT IN {ANSWERS}
            WHEN 'count' THEN type NOT IN ('integer', 'null')
            ELSE 0
        END
    )
    BEGIN SELECT RAISE(ABORT, 'a slot in answers.said has a time, an answer or a count that cannot be read'); END;
    """  # noqa: S608


TRIGGERS = (_refuse_wrong_slots("INSERT"), _refuse_wrong_slots("UPDATE OF said"))
