"""Studies to show: what a team with a support desk, an invoice reader and an agent would find."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace

from agentrec_auto.comparators.base import ComparisonResult, Side
from agentrec_auto.migration.rows import MigrationReport, RowResult, Study
from agentrec_auto.providers.conversation import ToolCall, Usage

BASELINES = ("gpt-4o", "gpt-4.1", "claude-3-5-sonnet", "gemini-1.5-pro")
"""One of each dialect: OpenAI Chat, OpenAI Responses, Anthropic, Gemini."""

COMPARATORS = ("exact", "fuzzy", "toolcalls")

HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<!-- <script> --> ]]> &lt;b&gt; ' \" `",
    "\x1b[2J\x1b[31mred\x1b[0m \x00 \x07 \ufffe",
    "invoice\u202egpj.exe\u2066 \ud800 \udfff",
    "| a | b |\n|---|---|\n```` fence ````\n# not a heading",
    "=cmd|'/C calc'!A0 \u2028 \u2029 \U0001f600 👩‍👩‍👧",
)
"""Texts that try to be more than texts."""

_NAMES = "Meyer Okafor Tanaka Lindqvist Haddad Novak Silva O'Brien Çelik Iyer".split()
_GOODS = ["espresso machine", "standing desk", "noise-cancelling headphones", "road bike", "4K monitor"]
_TEAMS = ["billing", "returns", "shipping", "technical", "sales"]


def study(rows: int = 120, targets: tuple[str, ...] = ("claude-haiku-4-5",), seed: int = 7) -> Study:
    """Questions of four kinds asked of one target or several; the same for the same ``seed``."""
    return Study([report(rows, target, seed, place) for place, target in enumerate(targets)])


def report(
    rows: int = 120, target: str = "claude-haiku-4-5", seed: int = 7, place: int = 0
) -> MigrationReport:
    """The report of one target."""
    return MigrationReport(
        target_model=target,
        target_provider="anthropic" if target.startswith("claude") else "openai",
        corpus="corpus",
        generated_at="2026-11-23T09:41:00+00:00",
        comparator_names=list(COMPARATORS),
        rows=list(_rows(rows, target, seed, place)),
        pricing="prices as of 2026-11-01 (genai-prices 0.0.40)",
    )


def row(prompt: str = "Say hi", old: str = "Hi", new: str = "Hi", **told: object) -> RowResult:
    """One row, plain."""
    passed = old == new
    made = RowResult(
        semantic_key="k-" + prompt[:20],
        baseline_id="openai_gpt-4o_" + prompt[:20],
        migration_id="migration__" + prompt[:20],
        prompt_preview=" ".join(prompt.split())[:80],
        prompt_text=prompt,
        baseline_model="gpt-4o",
        baseline_text=old,
        target_model="claude-haiku-4-5",
        target_text=new,
        comparisons=[ComparisonResult("exact", float(passed), passed)],
        baseline=Side("gpt-4o", old),
        target=Side("claude-haiku-4-5", new),
    )
    return replace(made, **told)  # type: ignore[arg-type]


def report_of(*rows: RowResult, comparators: tuple[str, ...] = ("exact",)) -> MigrationReport:
    """A report of these rows."""
    return MigrationReport(
        "claude-haiku-4-5", "anthropic", "corpus", "2026-11-23T09:41:00+00:00", list(comparators), list(rows)
    )


def hostile() -> Study:
    """Every text that a model or a user may choose is out to do harm."""
    made = []
    for number, text in enumerate(HOSTILE):
        made.append(
            row(
                f"{text} {number}",
                text,
                text[::-1],
                category=text,
                notes=[text],
                baseline_id=text,
                semantic_key=f"{number}{text}",
                baseline_model=text,
                comparisons=[ComparisonResult("exact", 0.5, False, text)],
                baseline=Side(text, text, (ToolCall(text, {text: text}),)),
                target=Side(text, text[::-1], (ToolCall(text, text),)),
            )
        )
        made.append(
            row(text + "s", status="skipped", reason=text, semantic_key=f"s{number}", target_text=None)
        )
    found = report_of(*made)
    found.target_model = found.corpus = found.pricing = HOSTILE[0] + HOSTILE[3] + HOSTILE[4]
    return Study([found])


def _rows(count: int, target: str, seed: int, place: int) -> Iterator[RowResult]:
    asked, answered = random.Random(seed), random.Random(f"{seed} {place}")
    kinds = (_support, _invoice, _route, _agent)
    for number in range(count):
        category, prompt, old, calls = kinds[asked.randrange(4)](asked, number)
        model = BASELINES[asked.randrange(4)]
        tokens, latency = asked.randint(20, 300), asked.lognormvariate(0.6, 0.5)
        takes = asked.randrange(3)
        made = RowResult(
            semantic_key=f"{number:032x}",
            baseline_id=f"{model}_{number:016x}",
            migration_id=f"migration__{model}_{number:016x}__to__{target}",
            prompt_preview=" ".join(prompt.split())[:80],
            prompt_text=prompt,
            category=category,
            baseline_model=model,
            baseline_text=old,
            baseline_in_tokens=len(prompt) // 4,
            baseline_out_tokens=tokens,
            target_model=target,
            agreement={"fuzzy": (min(takes, asked.choice((takes, takes, takes, 0))), takes)} if takes else {},
        )
        made.baseline = Side(
            model, old, calls, None, "stop", True, Usage(input=len(prompt) // 4, output=tokens),
            latency, latency * 0.3, 0.000_01 * (len(prompt) // 4 + 4 * tokens),
        )  # fmt: skip
        yield _answered(made, answered, place)


def _answered(made: RowResult, dice: random.Random, place: int) -> RowResult:
    """The row with what the target made of it."""
    fate = dice.random()
    if fate < 0.03:
        made.status, made.reason, made.target_text = "skipped", "unsupported request: audio input", None
        return made
    if fate < 0.04:
        made.status, made.reason = "error", "target API returned 529: overloaded"
        return made
    old = made.baseline
    assert old is not None and old.latency_s is not None and old.cost_usd is not None
    text, calls = old.text, old.tool_calls
    if fate > 0.45 + place * 0.1:
        text = _reworded(text, dice)
    if fate > 0.88 - place * 0.06:
        text = text[: len(text) // 3] + " I am sorry, I could not find this in the document."
        calls = tuple(replace(call, arguments={**call.arguments, "limit": 5}) for call in calls)
    slower = dice.lognormvariate(-0.55 - place * 0.3, 0.35)
    tokens = int((made.baseline_out_tokens or 1) * dice.uniform(0.6, 1.5)) + 1
    made.target_text, made.target_out_tokens = text, tokens
    made.target_in_tokens = made.baseline_in_tokens
    made.target = replace(
        old, model=made.target_model, text=text, tool_calls=calls, usage=Usage(input=9, output=tokens),
        latency_s=old.latency_s * slower, latency_first_chunk_s=old.latency_s * slower * 0.2,
        cost_usd=old.cost_usd * dice.lognormvariate(-1.2 - place * 0.5, 0.3),
    )  # fmt: skip
    score = 1.0 if text == old.text else round(1 - min(1, abs(len(text) - len(old.text)) / 200 + 0.08), 3)
    same = float(calls == old.tool_calls)
    made.comparisons = [
        ComparisonResult(
            "exact", float(text == old.text), text == old.text, "" if text == old.text else "differs"
        ),
        ComparisonResult("fuzzy", score, score >= 0.8, f"ratio {score}, threshold 0.8"),
        ComparisonResult(
            "toolcalls", same, bool(same), "" if same else "search_orders: limit was not there, is 5"
        ),
    ]
    made.cached = fate < 0.3
    made.notes = ["temperature dropped in cross-provider translation"] if fate > 0.6 else []
    return made


def _reworded(text: str, dice: random.Random) -> str:
    swaps = {
        "We are": "We're",
        "sorry": "very sorry",
        "refund": "reimbursement",
        "please": "kindly",
        "days": "working days",
    }
    for old, new in swaps.items():
        if dice.random() < 0.6:
            text = text.replace(old, new)
    return text


def _support(dice: random.Random, number: int) -> tuple[str, str, str, tuple[ToolCall, ...]]:
    who, what = dice.choice(_NAMES), dice.choice(_GOODS)
    prompt = (
        f"[system] You answer customers of a shop, politely and in under 120 words.\n\n"
        f"[user] My {what} (order {10_000 + number}) arrived broken and I want my money back. {who}"
    )
    answer = (
        f"Dear {who},\n\nWe are sorry that your {what} arrived damaged. A refund for order {10_000 + number} has "
        f"been started and will reach you within {dice.randint(3, 7)} days. If you would rather have a new one, "
        "please reply to this message and we will send it at once.\n\nYour support team"
    )
    return "app/support.py:answer", prompt, answer, ()


def _invoice(dice: random.Random, number: int) -> tuple[str, str, str, tuple[ToolCall, ...]]:
    total, who = round(dice.uniform(20, 4000), 2), dice.choice(_NAMES)
    prompt = f"Read the invoice and give JSON with vendor, total, currency, due.\n\nINVOICE {number}\n{who} & Sons\nTOTAL EUR {total}"
    answer = json.dumps(
        {"vendor": f"{who} & Sons", "total": total, "currency": "EUR", "due": f"2026-12-{dice.randint(1, 28):02}"},
        ensure_ascii=False, indent=2,
    )  # fmt: skip
    return "app/extract.py:extract_invoice", prompt, answer, ()


def _route(dice: random.Random, number: int) -> tuple[str, str, str, tuple[ToolCall, ...]]:
    team = dice.choice(_TEAMS)
    prompt = f"Which team? Answer in one word: {', '.join(_TEAMS)}.\n\nTicket {number}: a question about {team} of a {dice.choice(_GOODS)}"
    return "app/route.py:route", prompt, team, ()


def _agent(dice: random.Random, number: int) -> tuple[str, str, str, tuple[ToolCall, ...]]:
    who = dice.choice(_NAMES)
    prompt = f"[system] You look orders up before you answer.\n\n[user] Where is the parcel of {who}, customer {number}?"
    call = ToolCall(
        "search_orders", {"customer": number, "name": who, "status": ["shipped", "packed"]}, f"call_{number}"
    )
    return "app/agent.py:plan", prompt, "", (call,)
