"""Reading a body of limited size, whatever the sender calls it."""

#: The longest body that a door takes.
MAX_BODY = 1024 * 1024
#: How much of a longer one is read and thrown away, so that its sender gets our
#: answer instead of a broken connection.
MAX_DRAIN = 32 * MAX_BODY


def read_body(httprequest):
    """Read and keep the body of a request, for ``httprequest.get_data()``.

    A body over the limit is not kept.

    :return: whether the body is within the limit
    """
    length = httprequest.content_length
    if length is not None and length > MAX_BODY:
        stream = httprequest._HTTPRequest__wrapped.stream
        left = min(length, MAX_DRAIN)
        while left > 0 and (chunk := stream.read(min(left, 65536))):
            left -= len(chunk)
        return False
    httprequest.get_data(cache=True, parse_form_data=False)
    return True
