"""What is kept: tables (`tables.py`), the database (`database.py`), and one module of queries per topic.

Queries are functions over a `Session`, so that several of them can share one transaction:

    with database.write() as session:
        articles.add(session, ...)
        jobs.finish(session, ...)
"""
