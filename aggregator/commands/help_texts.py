"""The help of each command: what it does, examples, exit codes, and the page of the docs that says more."""

from collections.abc import Iterable
from typing import NamedTuple

DOCS = "https://example.org/appointment-aggregator/docs"

USAGE_CODE = {2: "wrong usage or configuration"}
FAILED_CODE = {92: "an error ended the command"} | USAGE_CODE
VISITS = {0: "all sources answered", 90: "some did not", 91: "none did", 92: "nothing was published or saved"}
CYCLE = VISITS | USAGE_CODE


class CommandHelp(NamedTuple):
    """`summary`: one line for the list of commands. `details`: lines of at most 79 characters. `page`: a file in docs/.

    `examples`: command line -> what it is for. `codes`: exit code -> when the command ends with it.
    """

    summary: str
    details: str
    examples: dict[str, str]
    codes: dict[int, str]
    page: str = "operate.md"

    @property
    def description(self) -> str:
        """What `--help` prints above the options."""
        return f"{self.summary[0].upper()}{self.summary[1:]}.\n\n{self.details}"

    @property
    def epilog(self) -> str:
        """What `--help` prints below the options."""
        examples = (f"  {command}\n      {purpose}" for command, purpose in self.examples.items())
        return _sections(examples, self.codes, f"{DOCS}/{self.page}")


def _sections(examples: Iterable[str], codes: dict[int, str], link: str) -> str:
    listed = "\n".join(f"  {code:<4}{meaning}" for code, meaning in codes.items())
    return "\n".join(("examples:", *examples, "", "exit codes:", listed, "", f"docs: {link}"))


PROGRAM = CommandHelp(
    "find open appointments and publish them as one page",
    "Polls booking sites politely, stores their answers in one SQLite file, and\n"
    "publishes a folder of static files that any web server or CDN can serve.",
    {
        "aggregator demo run": "see it work with a made-up region, without any setup",
        "aggregator init my-region.toml": "start your own region",
        "aggregator run --region my-region.toml": "poll and publish once",
        "aggregator COMMAND --help": "options, examples, and exit codes of a command",
    },
    CYCLE,
    "",
)

HELP = {
    "init": CommandHelp(
        "write a region file from a few answers",
        "Asks for what the options leave out: title, states, your contact address, and\n"
        "which of the ready sources to poll. Never overwrites a file.",
        {
            "aggregator init my-region.toml": "answer the questions in the terminal",
            "aggregator init wy.toml --title Wyoming --state WY --contact desk@your-site.org": "answer with options",
        },
        {0: "the file is written"} | USAGE_CODE,
        "region-file.md",
    ),
    "run": CommandHelp(
        "poll the sources that are due and publish the page, once",
        "Run it from cron every minute or two. A source is skipped until its interval\n"
        "has passed, and a failed source keeps its last good answer.",
        {
            "aggregator run --region my-region.toml": "one cycle",
            "aggregator run --region my-region.toml --quiet": "from cron: print only what needs a person",
            "aggregator run --region my-region.toml --replay visit.har": "from a recording, without any network",
        },
        CYCLE,
    ),
    "watch": CommandHelp(
        "poll and publish continuously, each source at its own pace",
        "Runs until Ctrl-C or SIGTERM; then it lets the current visits finish and\n"
        "publishes once more. An error in one visit does not end it.",
        {"aggregator watch --region my-region.toml": "instead of cron"},
        {0: "stopped by Ctrl-C or a signal"} | FAILED_CODE,
    ),
    "poll": CommandHelp(
        "poll the sources that are due, without publishing",
        "Stores the answers in the database. `aggregator publish` publishes them.",
        {"aggregator poll --region my-region.toml": "update the database only"},
        CYCLE,
    ),
    "publish": CommandHelp(
        "publish what the database holds, without polling",
        "Useful after you changed the region file's title, language, or target.",
        {
            "aggregator publish --region my-region.toml": "publish to the folder public",
            "aggregator publish --region my-region.toml --out /srv/site": "publish somewhere else",
        },
        {0: "published"} | {92: "nothing was published"} | USAGE_CODE,
    ),
    "serve": CommandHelp(
        "preview the published page in a browser",
        "Listens on this machine only. For visitors, use a web server or a CDN: it\n"
        "serves the published folder as it is.",
        {
            "aggregator serve": "preview the folder public on port 8080",
            "aggregator serve --out /srv/site --port 9000": "another folder, another port",
        },
        {0: "stopped by Ctrl-C"} | FAILED_CODE,
    ),
    "status": CommandHelp(
        "show what is late, broken, or blocked, and what to do",
        "Looks at the database and the published folder, and polls nothing.",
        {
            "aggregator status --region my-region.toml": "a table, and advice for each source in trouble",
            "aggregator status --region my-region.toml --json": "the same for a monitoring script",
        },
        {
            0: "all is well",
            90: "some sources need attention, or something was left out of the release",
            91: "no source is well",
            92: "the last publish failed, or the release is too old or missing",
        }
        | USAGE_CODE,
    ),
    "sources": CommandHelp(
        "list the sources of the region",
        "Shows each source's address, the adapter that reads it, and how often it is\npolled.",
        {"aggregator sources --region my-region.toml": "check what a run would poll"},
        {0: "listed"} | USAGE_CODE,
    ),
    "doctor": CommandHelp(
        "check the region file, the database, and the output folder",
        "Run it before the first cycle and whenever something looks wrong. It polls\nnothing.",
        {"aggregator doctor --region my-region.toml": "find out whether a run would work"},
        {
            0: "everything a run needs is in order",
            90: "an adapter is broken, or rows of the database are damaged",
            92: "the database or the output folder cannot be used",
        }
        | USAGE_CODE,
    ),
    "rollback": CommandHelp(
        "serve the previous release again",
        "Goes back one release, here and at the target. The next cycle publishes what\n"
        "the database holds, so stop cron or `aggregator watch` first.",
        {"aggregator rollback --region my-region.toml": "undo the last release"},
        {0: "the previous release is served"} | FAILED_CODE,
    ),
    "places": CommandHelp(
        "explain which locations were merged into one place",
        "Several sources may list the same pharmacy; the page shows it once.",
        {
            "aggregator places list": "every merged place, and why",
            "aggregator places explain k3f7q2mxba --region my-region.toml": "one place in detail",
        },
        {0: "printed"} | FAILED_CODE,
        "places.md",
    ),
    "places explain": CommandHelp(
        "explain one place: its locations, and how to split or merge them",
        "Shows why its locations were merged, what was nearly merged with them, and\n"
        "which lines in the region file change that.",
        {"aggregator places explain k3f7q2mxba --region my-region.toml": "the id is in the URL of the place's page"},
        {0: "printed"} | FAILED_CODE,
        "places.md",
    ),
    "places list": CommandHelp(
        "list every merged place, and why it was merged",
        "One line for each pair of locations that the page shows as one place.",
        {"aggregator places list --db data/aggregator.db": "check what was merged"},
        {0: "printed"} | FAILED_CODE,
        "places.md",
    ),
    "new": CommandHelp(
        "start an adapter from a recorded visit",
        "Reads a HAR file that your browser's developer tools exported (with content),\n"
        "removes secrets from it, finds the rows that look like places, and writes an\n"
        "adapter template, a test case, and the entry for a region file.",
        {
            "aggregator new harbor_clinic --har visit.har": "write providers/harbor_clinic.py and its test case",
            "aggregator new harbor_clinic --har visit.har --region my-region.toml": "also add the source to a region",
        },
        {0: "the files are written"} | FAILED_CODE,
        "add-a-provider.md",
    ),
    "capture": CommandHelp(
        "record one polite visit as a HAR file",
        "Obeys robots.txt and the pace of the host, like every visit, and removes\nsecrets from the recording.",
        {
            "aggregator capture harbor --region my-region.toml": "record a source of your region",
            "aggregator capture harbor --url https://clinic.example.org/ --contact desk@your-site.org": "any page",
        },
        {0: "the recording is written"} | FAILED_CODE,
        "add-a-provider.md",
    ),
    "import-cassette": CommandHelp(
        "turn VCR cassettes and curl commands into a HAR file",
        "Requests nothing. Removes secrets, and names what it leaves out. The answer to\n"
        "a curl command follows it in the text, or is in a file beside it.",
        {
            "aggregator import-cassette tests/cassettes/list.yaml --out list.har": "a recording of another project",
            "aggregator import-cassette notes.txt --out notes.har": "curl commands, each above its answer",
        },
        {0: "the recording is written"} | FAILED_CODE,
        "add-a-provider.md",
    ),
    "try": CommandHelp(
        "run an adapter and show what it reads",
        "Prints the cleaned values, problems, a verdict, and the next step. Without\n"
        "--har or --live it replays the cases in tests/providers/NAME, offline.",
        {
            "aggregator try prepmod": "replay its test cases",
            "aggregator try prepmod --har visit.har": "replay a recording",
            "aggregator try prepmod --live --region my-region.toml": "make one polite visit",
            "aggregator try prepmod --accept": "save what was read as the expected values",
        },
        {0: "every visit went as expected", 1: "one did not, or the adapter is broken"} | FAILED_CODE,
        "add-a-provider.md",
    ),
    "check": CommandHelp(
        "check your own adapters against the contract",
        "Runs the same checks that the adapters of this project pass, each with its\ncases in tests/providers/NAME.",
        {
            "aggregator check --region my-region.toml": "all adapters in providers/ beside the region file",
            "aggregator check harbor_clinic": "one adapter",
        },
        {0: "every adapter keeps the contract", 1: "one does not"} | FAILED_CODE,
        "add-a-provider.md",
    ),
    "demo": CommandHelp(
        "try everything with a made-up region",
        "Seven simulated booking systems answer over HTTP on this machine. One has a\n"
        "waiting room and one is down, so that you see how the page shows it.",
        {
            "aggregator demo run": "poll them and publish the page",
            "aggregator demo serve": "look at the page, and try its Book buttons",
        },
        CYCLE,
    ),
    "demo run": CommandHelp(
        "poll the made-up region and publish its page",
        "Uses a database of its own and never replaces the page of a real region.",
        {"aggregator demo run": "then look at it with `aggregator demo serve`"},
        {0: "only the sources failed that fail on purpose", 90: "others failed, too"}
        | {code: VISITS[code] for code in (91, 92)}
        | USAGE_CODE,
    ),
    "demo serve": CommandHelp(
        "preview the demo's page, with Book buttons that work",
        "The simulated booking systems answer until Ctrl-C.",
        {"aggregator demo serve --port 9000": "preview on another port"},
        {0: "stopped by Ctrl-C"} | FAILED_CODE,
    ),
    "demo systems": CommandHelp(
        "run only the simulated booking systems",
        "Includes a town hall that has no adapter yet, to practice writing one.",
        {"aggregator demo systems": "until Ctrl-C"},
        {0: "stopped by Ctrl-C"} | FAILED_CODE,
        "add-a-provider.md",
    ),
    "completion": CommandHelp(
        "print a script that completes commands in your shell",
        "Completes commands, options, and file names with the Tab key.",
        {"aggregator completion bash": "in .bashrc: source <(aggregator completion bash)"},
        {0: "printed"} | USAGE_CODE,
        "",
    ),
}
