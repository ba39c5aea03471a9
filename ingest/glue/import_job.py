"""Where a run of the import begins. It is not written yet, and says so."""

raise SystemExit("ingest/glue/import_job.py: the import is not written yet")
