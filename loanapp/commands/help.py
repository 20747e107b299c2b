"""``loanapp help WORDS``: the offline articles, searched."""

import argparse
import json

from loanapp.commands.language import Language, forms, text
from loanapp.domain.clock import SystemClock
from loanapp.help import article, review_due, search


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the words and the form of the answer."""
    parser.add_argument("words", nargs="+", metavar="WORDS", help=text(language, "help.help.words"))
    parser.add_argument("--json", action="store_true", help=text(language, "help.json"))


def run(args: argparse.Namespace) -> int:
    """Print the best article in full and the names of the others; exit code 1 when nothing fits."""
    language: Language = args.language
    matches = search(" ".join(args.words), language)
    if args.json:
        found = [{"id": match.article.id, "title": match.article.title, "score": match.score} for match in matches]
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0 if matches else 1
    if not matches:
        print(text(language, "help.none"))
        return 1
    best = article(matches[0].article.id, language)
    print(f"# {best.title}\n\n{best.body}")
    print(text(language, "help.reviewed", day=forms(language).day(best.reviewed)))
    if review_due(best) < SystemClock().now().date():
        print(text(language, "help.review_due"))
    if others := matches[1:6]:
        print()
        for match in others:
            print(f"  {match.article.id}: {match.article.title}")
    return 0
