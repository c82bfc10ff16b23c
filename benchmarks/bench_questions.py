"""The questions of the site: how long each query takes here, on the current generation; the slowest first."""

import time

from graph import Generation, open_generation
from graph.competency import Question, questions

RUNS = 3


def main() -> None:
    generation = open_generation()
    taken = sorted(((seconds(one, generation), one.id) for one in questions()), reverse=True)
    for took, name in taken:
        print(f"{took * 1000:7.1f} ms  {name}")


def seconds(question: Question, generation: Generation) -> float:
    """The best of some runs, of this thread's processor time."""
    best = float("inf")
    for _ in range(RUNS):
        began = time.thread_time()
        question.ask(generation)
        best = min(best, time.thread_time() - began)
    return best


if __name__ == "__main__":
    main()
