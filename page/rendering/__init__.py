"""What a browser gets first: the whole page with the newest values in it, written on the server.

A browser then only changes texts: each number is an element of its own with the number of its point.
"""
