"""Sends statements as the Python client of FeatureBase does, by the same library and in the same shape.

What is to be sent comes as JSON on standard input; what came back goes to standard output, one result for each statement.
"""
import concurrent.futures
import json
import ssl
import sys
import urllib.error
import urllib.request

asked = json.load(sys.stdin)
is_safe = asked.get('apikey') is not None or asked.get('cafile') is not None
path = '/databases/' + asked['database'] + '/query/sql' if asked.get('database') else '/sql'
url = ('https' if is_safe else 'http') + '://' + asked['hostport'] + path


def send(sql):
    request = urllib.request.Request(url, method='POST')
    request.add_header('Content-Type', 'text/plain')
    request.add_header('Accept', 'application/json')
    if asked.get('apikey') is not None:
        request.add_header('X-API-Key', asked['apikey'])
    context = ssl.create_default_context(cafile=asked.get('cafile')) if is_safe else None
    try:
        with urllib.request.urlopen(request, data=bytes(sql, 'utf-8'), timeout=15, context=context) as answer:
            return {'code': answer.code, 'body': json.loads(answer.read())}
    except urllib.error.HTTPError as refused:
        return {'code': refused.code, 'reason': refused.reason}
    except urllib.error.URLError as lost:
        return {'code': 500, 'reason': str(lost.reason)}


if asked.get('asynchronous'):
    with concurrent.futures.ThreadPoolExecutor() as executor:
        results = list(executor.map(send, asked['statements']))
else:
    results = [send(sql) for sql in asked['statements']]
json.dump(results, sys.stdout)
