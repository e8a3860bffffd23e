"""What is wrong is said in a sentence: problem, file, table, key, and what is allowed."""

from __future__ import annotations

import pickle

import pytest

from agentrec_auto.errors import ConfigError

ONE_OF = "one of mode, corpus, scope, include, exclude, on_miss, match, threshold, takes, failures, speed, fakes, dummy_keys"
GLOB = "a glob over the whole URL, as in '*/chat/completions'"
A = "agentrec.toml"
NAMES = """names as in messages[0].name, without JSONPath's $ or a pointer's /; ["0"] for an odd name"""

WRONG = [
    # values of [agentrec]
    ("[agentrec]\nmode = 'replya'", f"unknown mode 'replya' in {A} [agentrec] mode: expected off, record, replay, auto, refresh or verify"),
    ("[agentrec]\nmode = 3", f"unknown mode 3 in {A} [agentrec] mode: expected off, record, replay, auto, refresh or verify"),
    ("[agentrec]\nscope = 'openai'", f"unknown scope 'openai' in {A} [agentrec] scope: expected llm or all"),
    ("[agentrec]\non_miss = []", f"unknown on_miss (an array) in {A} [agentrec] on_miss: expected fail, live or record"),
    ("[agentrec]\nmatch = 'Exact'", f"unknown match 'Exact' in {A} [agentrec] match: expected exact or fuzzy"),
    ("[agentrec]\ntakes = ''", f"unknown takes '' in {A} [agentrec] takes: expected last, cycle or error"),
    ("[agentrec]\nfailures = true", f"unknown failures true in {A} [agentrec] failures: expected drop or keep"),
    ("[agentrec]\ncorpus = ' '", f"bad corpus ' ' in {A} [agentrec] corpus: expected a folder, or a store URL such as memory:"),
    ('[agentrec]\ncorpus = "a\\u0000"', f"bad corpus 'a\\x00' in {A} [agentrec] corpus: expected a folder, or a store URL such as memory:"),
    ("[agentrec]\ncorpus = 's3://x'", f"unknown store 's3' in {A} [agentrec] corpus: expected a folder, sqlite:///FILE, memory:, or a scheme that an installed package brings"),
    ("[agentrec]\nthreshold = 1.5", f"bad threshold 1.5 in {A} [agentrec] threshold: expected a number from 0 to 1"),
    ("[agentrec]\nthreshold = true", f"bad threshold true in {A} [agentrec] threshold: expected a number from 0 to 1"),
    ("[agentrec]\nthreshold = nan", f"bad threshold nan in {A} [agentrec] threshold: expected a number from 0 to 1"),
    ("[agentrec]\nspeed = 0", f"bad speed 0 in {A} [agentrec] speed: expected 'instant', or a number above 0 (1 as recorded, 10 ten times as fast)"),
    ("[agentrec]\nspeed = inf", f"bad speed inf in {A} [agentrec] speed: expected 'instant', or a number above 0 (1 as recorded, 10 ten times as fast)"),
    ("[agentrec]\nfakes = 'no'", f"bad fakes 'no' in {A} [agentrec] fakes: expected true or false"),
    ("[agentrec]\ndummy_keys = 1979-05-27", f"bad dummy_keys 1979-05-27 in {A} [agentrec] dummy_keys: expected true or false"),
    ("[agentrec]\ninclude = '*'", f"bad include '*' in {A} [agentrec]: expected an array of strings"),
    ("[agentrec]\ninclude = ['*', 3]", f"bad glob 3 in {A} [agentrec] include #2: expected {GLOB}"),
    ("[agentrec]\nexclude = ['api.openai.com']", f"a glob that matches no URL, 'api.openai.com', in {A} [agentrec] exclude #1: expected one over the whole URL, as in '*api.openai.com*'"),
    ("[agentrec]\nexclude = ['/v1/files']", f"a glob that matches no URL, '/v1/files', in {A} [agentrec] exclude #1: expected one over the whole URL, as in '*/v1/files'"),
    # keys
    ("[agentrec]\ncorpsu = 'x'", f"unknown key 'corpsu' in {A} [agentrec]: expected {ONE_OF} (did you mean 'corpus'?)"),
    ("[agentrec]\non-miss = 'fail'", f"unknown key 'on-miss' in {A} [agentrec]: expected {ONE_OF} (did you mean 'on_miss'?)"),
    ("[agentrec]\nzzz = 'x'", f"unknown key 'zzz' in {A} [agentrec]: expected {ONE_OF}"),
    ("mode = 'auto'", f"unknown key 'mode' in {A}: expected one of agentrec, key, redact, tag, target, comparator, price ('mode' belongs under [agentrec])"),
    ("[tool.agentrec]\nmode = 'auto'", f"unknown key 'tool' in {A}: expected one of agentrec, key, redact, tag, target, comparator, price (the table [tool.agentrec] of a pyproject.toml is [agentrec] here)"),
    ("[[tags]]\nurl = '*'", f"unknown key 'tags' in {A}: expected one of agentrec, key, redact, tag, target, comparator, price (did you mean 'tag'?)"),
    ("[agentrec.redact]\nenv = []", f"unknown key 'redact' in {A} [agentrec]: expected {ONE_OF} ([redact] is a table of its own)"),
    ("agentrec = 3", f"bad table 3 in {A} [agentrec]: expected a table"),
    # rules
    ("[key.rule]\nurl = '*'", f"bad rule (a table) in {A} [key]: expected tables, each under a head of its own, [[key.rule]]"),
    ("[key]\nrules = []", f"unknown key 'rules' in {A} [key]: expected one of rule (did you mean 'rule'?)"),
    ("[key]\nrule = [1]", f"bad table 1 in {A} [[key.rule]] #1: expected a table"),
    ("[[key.rule]]\n[[key.rule]]\nurl = 3", f"bad glob 3 in {A} [[key.rule]] #2 url: expected {GLOB}"),
    ("[[key.rule]]\nignore = ['a..b']", f"bad body path 'a..b' in {A} [[key.rule]] #1 ignore #1: expected names joined by dots, "),
    ("[redact]\npaths = ['$.user']", f"a body path that would lead nowhere, '$.user', in {A} [redact] paths #1: expected {NAMES}"),
    ("[redact]\npaths = ['/user']", f"a body path that would lead nowhere, '/user', in {A} [redact] paths #1: expected {NAMES}"),
    ("[redact]\npaths = ['messages.0.name']", f"a body path that would lead nowhere, 'messages.0.name', in {A} [redact] paths #1: expected {NAMES}"),
    ("[[key.rule]]\nhost = 1", f"bad host 1 in {A} [[key.rule]] #1 host: expected true or false"),
    ("[[key.rule]]\nheaders = ['x: y']", f"bad header 'x: y' in {A} [[key.rule]] #1 headers #1: expected a header's name, without colon and value"),
    ("[[key.rule]]\nignore_query = ['']", f"bad ignore_query '' in {A} [[key.rule]] #1 ignore_query #1: expected a query name"),
    # comparators, prices, targets
    ("[[comparator]]\nname = 'exact'\nkind = 'regex'\npattern = 'a'", f"the name of a comparator of ours, 'exact', in {A} [[comparator]] #1 name: expected another"),
    ("[[comparator]]\nname = 'a,b'\nkind = 'regex'\npattern = 'a'", f"bad name 'a,b' in {A} [[comparator]] #1 name: expected a name of a-z, 0-9, _, . and -"),
    ("[[comparator]]\nname = 'a'\nkind = 'regexp'\npattern = 'a'", f"unknown kind 'regexp' in {A} [[comparator]] #1 kind: expected regex or contains"),
    ("[[comparator]]\nname = 'a'\nkind = 'regex'\npattern = '('", f"bad pattern '(' (missing ), unterminated subpattern at character 1) in {A} [[comparator]] #1: expected a regular expression of Python's re module"),
    ("[[comparator]]\nname = 'a'\nkind = 'contains'\npattern = '('\n[[comparator]]\nname = 'a'\nkind = 'contains'\npattern = 'b'", f"two comparators 'a' in {A}: expected a name each"),
    ("[price]\nmodel = 'x'", f"bad price (a table) in {A}: expected tables, each under a head of its own, [[price]]"),
    ("[[price]]\nmodel = 'x'\ninput = -1\noutput = 1", f"bad price -1 in {A} [[price]] #1 input: expected dollars for a million tokens, as in 2.5"),
    ("[[price]]\nmodel = 'x'\ninput = 1\noutput = 1\nsince = 'soon'", f"bad day 'soon' in {A} [[price]] #1 since: expected a date, as in 2026-11-01"),
    ("[target.cheap]\nmodel = 'x'\nmodle = 'y'", f"unknown key 'modle' in {A} [target.cheap]: expected one of model, provider, "),
    # regular expressions
    ("[[key.rule]]\nreplace = [{pattern='(', with='x'}]", f"bad pattern '(' (missing ), unterminated subpattern at character 1) in {A} [[key.rule]] #1 replace #1 pattern: expected a regular expression of Python's re module"),
    ("[redact]\npatterns = [{pattern='a', with='b'}, {pattern='x*', with='y'}]", f"a pattern that matches the empty string, 'x*', in {A} [redact] patterns #2 pattern: expected one that matches something to replace"),
    ("[redact]\npatterns = [{pattern='[[a]', with='b'}]", f"bad pattern '[[a]' (Possible nested set at position 1) in {A} [redact] patterns #1 pattern: expected a regular expression of Python's re module"),
    ("[redact]\npatterns = [{pattern='a{99999999999}', with='b'}]", f"bad pattern 'a{{99999999999}}' (the repetition number is too large) in {A} [redact] patterns #1 pattern: expected a regular expression of Python's re module"),
    ("[redact]\npatterns = [{pattern='(a)', with='\\2'}]", f"bad replacement '\\2' (invalid group reference 2) in {A} [redact] patterns #1: expected a text, in which \\1 or \\g<name> is a group of the pattern and \\\\ a backslash"),
    ("[redact]\npatterns = [{pattern='a', with='\\g<x>'}]", f"bad replacement '\\g<x>' (unknown group name 'x') in {A} [redact] patterns #1: expected a text, in which \\1 or \\g<name> is a group of the pattern and \\\\ a backslash"),
    ("[redact]\npatterns = [{pattern='a'}]", f"missing key 'with' in {A} [redact] patterns #1"),
    ("[redact]\npatterns = ['a']", f"bad table 'a' in {A} [redact] patterns #1: expected a table"),
    ("[redact]\npatterns = 'a'", f"bad patterns 'a' in {A} [redact]: expected an array of tables, as in [{{ pattern = 'a+', with = 'a' }}]"),
    ("[redact]\npatterns = [{pattern='a', with='', wiht=''}]", f"unknown key 'wiht' in {A} [redact] patterns #1: expected one of pattern, with (did you mean 'with'?)"),
    # redaction and tags
    ("[redact]\nenv = ['$TOKEN']", f"bad env '$TOKEN' in {A} [redact] env #1: expected a variable's name, without $ and value"),
    ("[redact]\nquery = [3]", f"bad query 3 in {A} [redact] query #1: expected a query name"),
    ("[[tag]]\ncategory = 'x'", f"missing key 'url' in {A} [[tag]] #1"),
    ("[[tag]]\nurl = '*'", f"no tag in {A} [[tag]] #1: expected at least one key besides url, as in category = 'support'"),
    ("[[tag]]\nurl = '*'\nlevel = 3", f"bad tag 3 in {A} [[tag]] #1 level: expected a string"),
    ("[[tag]]\nurl = '*'\n\"a\\nb\" = 3", f"bad tag 3 in {A} [[tag]] #1 'a\\nb': expected a string"),
    ("[tag]\nurl = '*'", f"bad tag (a table) in {A}: expected tables, each under a head of its own, [[tag]]"),
    # TOML
    ("[agentrec]\nmode = ", f"broken TOML (invalid value) in {A}, line 2"),
    ("[agentrec]\nmode = auto\n", f"broken TOML (invalid value) in {A}, line 2, column 8"),
    ("a = " + "[" * 5000, f"values nested too deeply in {A}"),
    ("a = " + "1" * 5000, "broken TOML (exceeds the limit"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=[text[:40] for text, _ in WRONG])
def test_sentence(project, text, sentence):
    """Each mistake has its sentence."""
    told = project.error(text)
    assert told.startswith(sentence) if sentence.endswith((", ", "limit", "line 2")) else told == sentence


def test_backslash(project):
    """The commonest slip, a regular expression in double quotes, is answered with the cure."""
    told = project.error('[redact]\npatterns = [{ pattern = "\\d", with = "" }]')
    place, _, cure = told.partition(": expected ")
    assert place.startswith("broken TOML (unescaped ") and place.endswith(f" in {A}, line 2, column 28")
    assert cure == "the regular expression in 'single quotes', or each backslash doubled"


def test_odd_names(project):
    """A name that only looks like a mistake is one; an odder one stands in quotes."""
    paths = ("tools[*].**.$defs", 'messages["0"].a', '["$"].b', '["/v1"]', '["a.0.b"]', "v1/x")
    project.write(f"[redact]\npaths = {list(paths)}\n")
    assert project.load().settings.redact.paths == paths


def test_in_pyproject(project):
    """In a pyproject.toml the tables are called as they are headed there."""
    project.write(
        "[tool.agentrec]\nmode = 'x'\nredcat = []\n[[tool.agentrec.key.rule]]\nurl = 3\n[tool.agentrec.redact]\nenv = 3\n",
        "pyproject.toml",
    )
    assert project.error().splitlines() == [
        "unknown mode 'x' in pyproject.toml [tool.agentrec] mode: expected off, record, replay, auto, refresh or verify",
        f"unknown key 'redcat' in pyproject.toml [tool.agentrec]: expected {ONE_OF}, key, redact, tag, target, comparator, price (did you mean 'redact'?)",
        f"bad glob 3 in pyproject.toml [[tool.agentrec.key.rule]] #1 url: expected {GLOB}",
        "bad env 3 in pyproject.toml [tool.agentrec.redact]: expected an array of strings",
    ]


def test_table_of_pyproject_that_is_none(project):
    """[tool.agentrec] has to be a table."""
    project.write("[tool]\nagentrec = 3\n", "pyproject.toml")
    assert project.error() == "bad table 3 in pyproject.toml [tool.agentrec]: expected a table"


def test_not_utf8(project):
    """A file in another encoding is told with the line of the first byte that shows it."""
    project.write("").write_bytes(b"[agentrec]\n# caf\xe9\n")
    assert project.error() == f"byte 0xe9, which is no UTF-8, in {A}, line 2: expected UTF-8 text"


def test_byte_order_mark(project):
    """A byte order mark, which Windows editors write, is no mistake."""
    project.write("").write_bytes(b"\xef\xbb\xbf[agentrec]\r\nmode = 'replay'\r\n")
    assert project.load().settings.mode == "replay"


VARIABLES = [
    ("AGENTREC_MODE", "replya", "unknown mode 'replya' in AGENTREC_MODE: expected off, record, replay, auto, refresh or verify"),
    ("AGENTREC_ON_MISS", "x", "unknown on_miss 'x' in AGENTREC_ON_MISS: expected fail, live or record"),
    ("AGENTREC_THRESHOLD", "2", "bad threshold 2.0 in AGENTREC_THRESHOLD: expected a number from 0 to 1"),
    ("AGENTREC_THRESHOLD", "high", "bad threshold 'high' in AGENTREC_THRESHOLD: expected a number from 0 to 1"),
    ("AGENTREC_SPEED", "fast", "bad speed 'fast' in AGENTREC_SPEED: expected 'instant', or a number above 0 (1 as recorded, 10 ten times as fast)"),
    ("AGENTREC_FAKES", "maybe", "bad fakes 'maybe' in AGENTREC_FAKES: expected true or false"),
    ("AGENTREC_EXCLUDE", "*/a,b", "a glob that matches no URL, 'b', in AGENTREC_EXCLUDE: expected one over the whole URL, as in '*b*'"),
    ("AGENTREC_EXCLUDE", ",", f"bad glob '' in AGENTREC_EXCLUDE: expected {GLOB}"),
    ("AGENTREC_TAGS", "team", "bad tag 'team' in AGENTREC_TAGS: expected name=value, several separated by commas"),
    ("AGENTREC_TAGS", ",", "bad tag '' in AGENTREC_TAGS: expected name=value, several separated by commas"),
]  # fmt: skip


@pytest.mark.parametrize(("variable", "text", "sentence"), VARIABLES)
def test_variable(project, variable, text, sentence):
    """A variable's mistake has the file's sentence, with the variable for a place."""
    assert project.error(environ={variable: text}) == sentence


def test_flag(project):
    """A flag's mistake names the flag."""
    assert project.error(on_miss="") == "unknown on_miss '' in --on-miss: expected fail, live or record"


def test_all_at_once(project):
    """Every problem of every source is told, one a line, so that nobody mends them one by one."""
    told = project.error("[agentrec]\nmode = 'x'\nspeed = 0\n", {"AGENTREC_SCOPE": "y"}, match="z")
    assert [sentence.partition(":")[0] for sentence in told.splitlines()] == [
        f"unknown mode 'x' in {A} [agentrec] mode",
        f"bad speed 0 in {A} [agentrec] speed",
        "unknown scope 'y' in AGENTREC_SCOPE",
        "unknown match 'z' in --match",
    ]


def test_long_value(project):
    """A long value is cut: the sentence stays one to read."""
    assert len(project.error(f"[agentrec]\nmode = '{'x' * 1000}'\n")) < 200


def test_facts():
    """An error keeps the facts it is composed of."""
    error = ConfigError.of([ConfigError("a", where="b", expected="c"), ConfigError("d", where="e")])
    assert (error.problem, error.where, error.expected) == ("a", "b", "c")
    assert error.sentences == ["a in b: expected c", "d in e"]
    assert str(error) == "a in b: expected c\nd in e"


def test_nested_errors_stay_apart():
    """Errors of several problems join into one that says each once."""
    two = ConfigError.of([ConfigError("a", where="1"), ConfigError("b", where="2")])
    assert ConfigError.of([two, ConfigError("c", where="3")]).sentences == ["a in 1", "b in 2", "c in 3"]


def test_pickled():
    """A worker process can send the error home."""
    error = ConfigError.of([ConfigError("a", where="b", expected="c"), ConfigError("d", where="e")])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ConfigError
    assert again.sentences == error.sentences
