"""Files of any format as one thing: a header and rows of text.

    raw        what every format gives
    opening    which format a file is in
    text       encodings: of bytes that claim to be text
    delimited  CSV
    workbook   XLSX, XLS, ODS
    objects    JSON, lines of JSON
    columnar   Parquet
    foreign    reads somebody else's file in a process of its own
    child      that process
    sandbox    how it gives its rights away

This file imports nothing, so that a child starts quickly.
"""
