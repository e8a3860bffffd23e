"""How fast we are beside others that record and replay, and beside what is physically there to be had.

``python -m benchmarks`` runs every measure, ``python -m benchmarks replay stream`` some of them.

A contender works in a process of its own, switched on as its users switch it on. The processes take short
turns in changing order (`turns`), so that whatever else the machine does falls on all of them alike; what
counts is the ratio within a round. Every answer is checked: a fast wrong answer is shown as wrong.

    workload      what is asked and answered         contenders/   who takes part: one a file
    server        answers while recordings are made  measures/     what is measured: one a file
    worker        a contender's process              figures       from turns to figures
    turns         takes turns                        report        from figures to a table and JSON
    corpora       recordings to replay               regress       this tree against an earlier commit
    counted       what a call costs in instructions  profiled      where the time goes
    bytecode      what of ours a call runs           tracing       counts that, in a worker
"""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The folder that this package lies in."""
