import threading

from django.db import connection


def at_once(*verbs):
    """What each of these gives or raises, all started together in threads and connections of their own."""
    together, given = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(n, verb):
        together.wait()
        try:
            given[n] = verb()
        except Exception as error:  # a thread's error must reach the test
            given[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
