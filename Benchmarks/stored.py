"""What a run left in its database."""

import os
import sqlite3


def texts(database):
    """Text by file name: the pages of each document in order."""
    found = {}
    with sqlite3.connect(database) as connection:
        for path, text in connection.execute(
            """
            SELECT location.path, text.text FROM location
            JOIN job ON job.document = location.document AND job.verb = 'read'
            JOIN page ON page.job = job.id
            JOIN text ON text.page = page.id
            WHERE location.until_run IS NULL ORDER BY location.path, page.number
            """
        ):
            name = os.path.basename(os.fsdecode(path))
            found[name] = (found[name] + "\n" if name in found else "") + text
    return found


def read_seconds(database):
    """Seconds that each document took to read, by the clock."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT milliseconds FROM job WHERE verb = 'read' AND status = 'done'")
        return [milliseconds / 1000 for (milliseconds,) in rows]
