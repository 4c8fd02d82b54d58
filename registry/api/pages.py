"""How every list of the API is paged; REST_FRAMEWORK names it, so no route need say so."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Numbered pages, as long as asked for."""

    page_size_query_param = "page_size"
    max_page_size = 500
