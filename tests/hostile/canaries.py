"""Passwords that lie around a run; none may be found in what the run leaves."""

CANARIES = {
    "DB_PASSWORD": "canary-Pa$$w0rd'1\"<&",
    "DATABASE_URL": "postgresql://sam:canary-in-address@db.example:5432/sales",
    "AWS_SECRET_ACCESS_KEY": "canary/secret+key/1234567890",
    "SPARK_REMOTE": "sc://spark.example:443/;token=canary-token-of-spark;user_id=sam",
    "ODBC_CONNECTION": "Driver={X};Server=tcp:db.example;Uid=sam;Pwd=canary-of-odbc;",
}
REMOTE = """
[core]
    no_scm = true
    remote = far
['remote "far"']
    url = ssh://sam:canary-of-remote@files.example/store
    password = canary-of-remote
"""
