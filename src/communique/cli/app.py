"""`communique`: its commands, and what each may be told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from communique.cli.columns import add_columns
from communique.cli.failures import as_exit_codes
from communique.cli.measuring import add_measuring
from communique.cli.options import CodeFormat, EngineName, OutputFormat, QueryFormat, article_fields, day
from communique.cli.serving import add_serving
from communique.cli.watching import add_watching

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="File to write; rejects go beside it.")
]
PublishedOn = Annotated[
    str | None,
    typer.Option("--date", metavar="YYYY-MM-DD", help="Day of publication of articles that do not tell theirs."),
]
Actors = Annotated[
    list[Path] | None,
    typer.Option(
        "--actors",
        metavar="FILE",
        help="Your own actors (.yml, .csv, PETRARCH .actors.txt, .agents.txt); may be repeated.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME|DIR",
        help="An installed spaCy English pipeline (en_core_web_lg), or a folder of own event types by `communique train`.",
    ),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from communique.version import coder_version

        with as_exit_codes():
            typer.echo(coder_version())
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Print version and model, and exit."),
    ] = False,
) -> None:
    """Political events from news text: who did what to whom, when, where, and whether it happened."""


@app.command()
def code(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input.")
    ],
    output: Output = None,
    output_format: Annotated[
        CodeFormat | None,
        typer.Option("--format", help="By default a table on a terminal, else jsonl; parquet goes with --engine."),
    ] = None,
    published_on: PublishedOn = None,
    fields: Annotated[
        str | None,
        typer.Option(
            "--fields",
            metavar="FIELD=NAME,…",
            help="Columns or keys that hold an article's fields: text=body,date=published.",
        ),
    ] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Add each article's text to its records.")] = False,
    actors: Actors = None,
    no_link: Annotated[bool, typer.Option("--no-link", help="Do not link an article's mentions of one event.")] = False,
    no_screen: Annotated[
        bool,
        typer.Option("--no-screen", help="Parse every article, also one that reads like no report of an event."),
    ] = False,
    model: Model = None,
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", metavar="STORE", help="A store (corpus.duckdb) to add to, in place of OUT; made if new."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=0, help="Code in N processes; 0: one for each core."),
    ] = None,
    unordered: Annotated[
        bool, typer.Option("--unordered", help="With --workers: write what is done first, whatever its place.")
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option("--time-limit", metavar="SECONDS", min=0, help="With --workers: an article may take so long."),
    ] = 120,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with OUT where an earlier run stopped.")] = False,
    engine: Annotated[
        EngineName | None,
        typer.Option("--engine", help="Code file by file into the folder OUT, here or on a Dask cluster; resumes."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler (tcp://…), or its scheduler file."),
    ] = None,
) -> None:
    """Code articles: event records out, in the order of the articles.

    Articles are in .txt, .html, .pdf, .jsonl, .csv, .tsv, .parquet, feeds (.rss, .atom, .xml) and web archives (.warc),
    also as .gz or .zst; an article in English, of at most 200,000 characters. What cannot be coded is counted and
    listed with the reason: in OUT.rejects.jsonl beside OUT, or on standard error. With --store, all goes into a store: what it has already is passed over, so that a run that was
    cut off goes on when it is started again.

    A run into OUT that is stopped (Ctrl-C, SIGTERM) or killed leaves what is done in OUT.part: the same command with
    --resume goes on. --workers gives the same bytes whatever N, and replaces a worker that dies.

    --engine codes each input file (a disk's or s3://…) into a file of the folder OUT (or s3://…): the same rows. Stopped
    or killed, the same command goes on, also with the other engine. See docs/cluster.md.

    \b
    Exit codes: 0 everything was coded; 3 some input was rejected; 2 nothing could be done, and OUT was not written.

    \b
    Examples:
      communique code examples/
      communique code 'news/2024-*.jsonl.gz' -o events.jsonl
      communique code news.csv --fields text=body,date=published -o events.jsonl
      communique code news/ --store corpus.duckdb
      communique code news/ -o events.jsonl --workers 8 --resume
      communique code 's3://bucket/news/*.jsonl.gz' -o s3://bucket/events --engine dask --scheduler tcp://10.0.0.5:8786
      communique code news.jsonl --actors mine.yml --actors Phoenix.International.actors.txt
      curl -s https://example.org/report.html | communique code - --date 2024-03-07 | jq .event
    """
    from communique.cli.code import code_inputs
    from communique.cli.workers import Workers

    with as_exit_codes():
        if engine or scheduler or output_format is CodeFormat.parquet:
            from communique.cli.shards import code_shards

            code_shards(
                inputs,
                output,
                engine,
                scheduler,
                day(published_on),
                output_format=output_format,
                with_text=with_text,
                actors=actors or [],
                link=not no_link,
                screen=not no_screen,
                model=model,
                store=store,
                workers=Workers(workers, unordered, time_limit),
                fields=article_fields(fields),
            )
            return
        code_inputs(
            inputs,
            output,
            OutputFormat(output_format) if output_format else None,
            day(published_on),
            with_text=with_text,
            actors=actors or [],
            link=not no_link,
            screen=not no_screen,
            model=model,
            store=store,
            workers=Workers(workers, unordered, time_limit),
            resume=resume,
            fields=article_fields(fields),
        )


@app.command()
def explain(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="An article, as `communique code` takes it.")],
    published_on: PublishedOn = None,
    actors: Actors = None,
    model: Model = None,
) -> None:
    """Explain an article: every candidate with its words, what it was coded as, or why it was dropped.

    \b
    Examples:
      communique explain examples/night_coup.txt
      echo 'Kenyan police arrested ten protesters.' | communique explain -
    """
    from communique.cli.explain import explain_inputs

    with as_exit_codes():
        explain_inputs(inputs, day(published_on), model, actors or [])


@app.command()
def classify(
    pairs: Annotated[str, typer.Argument(metavar="PAIRS.jsonl", help="A JSONL file, also .gz or .zst, or -.")],
    output: Output = None,
    model: Model = None,
) -> None:
    """Label pairs of an actor and a recipient that you bring: what did the one do to the other?

    In: id, text, actor [start, end] and recipient [start, end], offsets in code points. Out: one line each, same
    order. Rejects and exit codes are those of `communique code`.

    \b
    Examples:
      communique classify pairs.jsonl -o labels.jsonl
    """
    from communique.cli.classify import classify_pairs

    with as_exit_codes():
        classify_pairs(pairs, output, model)


@app.command()
def link(
    events: Annotated[
        list[str],
        typer.Argument(metavar="EVENTS", help="JSONL files of records, also .gz or .zst, folders, globs, or -."),
    ],
    output: Output = None,
    articles: Annotated[
        list[str] | None,
        typer.Option(
            "--articles", metavar="INPUT", help="The articles that were coded, if the records lack their text."
        ),
    ] = None,
    output_format: Annotated[
        OutputFormat | None, typer.Option("--format", help="By default a table on a terminal, else jsonl.")
    ] = None,
) -> None:
    """Link records of the same event from different reports: all get the `link` of the canonical one.

    Prints how many articles each event rests on, and how many of them are reprints of one another. For reprints the articles' texts are needed: code
    them --with-text, or name --articles.

    \b
    Examples:
      communique code 'news/*.jsonl' --with-text -o events.jsonl
      communique link events.jsonl -o linked.jsonl
    """
    from communique.cli.link import link_events

    with as_exit_codes():
        link_events(events, output, articles or [], output_format)


@app.command()
def train(
    codebook: Annotated[Path, typer.Option("--codebook", metavar="MY.yml", help="Your event types.")],
    data: Annotated[
        Path, typer.Option("--data", metavar="MY.jsonl", help="Texts with their events, also .gz or .zst.")
    ],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder to write; an older model in it is replaced.")],
    test: Annotated[
        Path | None, typer.Option("--test", metavar="MORE.jsonl", help="Further such texts, to try the model on.")
    ] = None,
) -> None:
    """Train event types of your own from some hundred annotated texts, in less than a minute, and print how well they do.

    MY.yml has name, version and types, each with name, description, and either quad (1-4) and score (-10 to 10) or
    plover, the PLOVER type that it is a kind of; needs_recipient and modes where wanted. A line of MY.jsonl has text and
    events: a list, [] if nothing of the kind happens, of type, words, actors, recipients, modes, auxiliary_mode; words
    and parties exactly as in the text. At least ten texts a type, and as many that have none.

    \b
    Examples:
      communique train --codebook docs/own_types/codebook.yml --data docs/own_types/train.jsonl \\
        --test docs/own_types/heldout.jsonl --to election-violence
      communique code news.jsonl --model election-violence
      communique classify pairs.jsonl --model election-violence
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(
            name, "1"
        )  # before numpy is loaded: the same bytes on any machine, and no waiting for cores
    from communique.cli.train import train_types

    with as_exit_codes():
        train_types(codebook, data, to, test)


StorePath = Annotated[Path, typer.Argument(metavar="STORE", help="A store that `communique code --store` made.")]
RowFormat = Annotated[
    QueryFormat | None, typer.Option("--format", help="By default a table on a terminal, else as OUT's name says.")
]


@app.command()
def query(
    store: StorePath,
    sql: Annotated[
        str | None,
        typer.Argument(metavar="SQL", help="One SELECT; without it, the views and their columns are listed."),
    ] = None,
    output: Output = None,
    output_format: RowFormat = None,
) -> None:
    """Ask a store in SQL (DuckDB's): a table on a terminal, CSV in a pipe, CSV or JSONL in a file.

    Views: articles, events, dyads, quads, by_month, days, entities, mentions, runs, rejections, judgements, texts,
    event_revisions, article_revisions. Nothing is changed, and nothing but the store is read.

    \b
    Examples:
      communique query corpus.duckdb "FROM by_month"
      communique query corpus.duckdb "SELECT actor_code, count(*) FROM dyads WHERE happened GROUP BY 1" -o actors.csv
    """
    from communique.cli.store import query_store

    with as_exit_codes():
        query_store(store, sql, output, output_format)


@app.command()
def diff(
    store: StorePath,
    old: Annotated[
        str, typer.Option("--from", metavar="CODER", help="Words in the older coder's name, such as 0.1.0.")
    ] = "",
    new: Annotated[str, typer.Option("--to", metavar="CODER", help="The same of the newer one.")] = "",
    examples: Annotated[int, typer.Option("--examples", min=0, help="Rows shown of each kind of change.")] = 5,
    output: Output = None,
    output_format: RowFormat = None,
) -> None:
    """Show what changed in a store's articles since they were coded before: by type, and row by row.

    By default the latest revision of each article is compared with the one before. A terminal gets counts by type and
    examples; a pipe or a file gets every difference, as JSONL or CSV.

    \b
    Examples:
      communique diff corpus.duckdb
      communique diff corpus.duckdb --from 0.1.0 --to 0.2.0 -o differences.jsonl
    """
    from communique.cli.store import show_diff

    with as_exit_codes():
        show_diff(store, old, new, examples, output, output_format)


add_measuring(app)
add_columns(app)
add_serving(app)
add_watching(app)
