"""Findings about the HTTP libraries and the LLM SDKs of an interpreter."""

from __future__ import annotations

from collections.abc import Iterator

from agentrec_auto.doctor.finding import Finding, State
from agentrec_auto.doctor.inside import Distribution, Inside
from agentrec_auto.doctor.sdks import HTTP_LIBRARIES, KNOWN, SDKS, Known
from agentrec_auto.seams.table import SEAMS

INTERCEPTED = tuple(SEAMS)
"""The modules that seams stand in."""

DISTRIBUTIONS = (*SDKS, *(name for name in HTTP_LIBRARIES if name not in SDKS))
"""What to look for."""

_NOT_YET = "which is not yet covered"


def libraries(inside: Inside) -> Iterator[Finding]:
    """The HTTP libraries: those that we intercept, and those that go past us."""
    for name, library in inside.libraries.items():
        subject = f"{name} {library.version}"
        if library.intercepted:
            yield Finding(State.COVERED, subject, f"intercepted, by wrapt {inside.wrapt or '(from here)'}")
        elif inside.waits:
            yield Finding(
                State.NOT_COVERED,
                subject,
                library.why or _refusal(inside, name) or "not intercepted",
                f"try another version of {name}, and report this one with `agentrec doctor --json`",
            )
        else:
            yield Finding(State.NOTE, subject, "is there, but not intercepted as things are")
    if inside.waits and not inside.libraries:
        yield Finding(
            State.IN_THE_WAY,
            "libraries",
            f"{inside.executable} has none of the libraries that are intercepted ({', '.join(INTERCEPTED)})",
            "run the command by the Python that has your SDK",
        )
    elif inside.waits and not any(library.intercepted for library in inside.libraries.values()):
        yield Finding(State.IN_THE_WAY, "libraries", "no HTTP library can be intercepted in these versions")
    for name in ("aiohttp", "requests"):
        if (found := inside.distributions.get(name)) and name not in SEAMS:
            yield Finding(
                State.NOT_COVERED,
                f"{name} {found.version}",
                "calls that are made with it directly go past us",
            )


def sdks(inside: Inside) -> Iterator[Finding]:
    """The LLM SDKs: by what they call, and whether that is intercepted."""
    for name in SDKS:
        if (found := inside.distributions.get(name)) is None:
            continue
        subject = f"{name} {found.version}"
        known = KNOWN.get(name)
        if known is not None and _holds(known, found, inside) and not _is_intercepted(known.calls_by, inside):
            whose = known.only or "it"
            yield _gap(subject, f"{whose} calls by {known.calls_by}, {_NOT_YET}")
            if not known.only:
                continue
        carriers = sorted(_carriers(name, inside, set()))
        covered = [one for one in carriers if _is_intercepted(one, inside)]
        if covered:
            yield Finding(State.COVERED, subject, f"calls by {' or '.join(covered)}", is_sdk=True)
        elif carriers and not set(carriers) & set(INTERCEPTED):
            yield _gap(subject, f"calls by {' or '.join(carriers)}, {_NOT_YET}")
        elif carriers and inside.waits:
            yield _gap(subject, f"calls by {' or '.join(carriers)}, which is not intercepted here")


def _gap(subject: str, text: str) -> Finding:
    return Finding(State.NOT_COVERED, subject, text, is_sdk=True)


def _refusal(inside: Inside, name: str) -> str:
    """What our hook said on stderr when it could not intercept a library."""
    mark = f"agentrec: can't intercept {name} "
    said = (line for line in inside.said.splitlines() if line.startswith(mark))
    return next(said, "").removeprefix("agentrec: ")


def _holds(known: Known, found: Distribution, inside: Inside) -> bool:
    numbers = tuple(int(part) for part in found.version.split(".")[:3] if part.isdigit())
    return numbers >= known.since and (not known.where or known.where in inside.distributions)


def _carriers(name: str, inside: Inside, met: set[str]) -> set[str]:
    """The HTTP libraries that a distribution requires, itself or through another SDK."""
    met.add(name)
    found = inside.distributions.get(name)
    needs = found.needs if found else ()
    carriers = {HTTP_LIBRARIES[one] for one in needs if one in HTTP_LIBRARIES}
    for one in needs:
        if one in SDKS and one not in met:
            carriers |= _carriers(one, inside, met)
    return carriers


def _is_intercepted(carrier: str, inside: Inside) -> bool:
    library = inside.libraries.get(carrier)
    return library is not None and library.intercepted
