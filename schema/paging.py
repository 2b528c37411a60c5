"""Where a page lies in what it is a page of."""

import strawberry


@strawberry.type(description="分页信息(GraphQL 游标分页规范) / Page information")
class PageInfo:
    has_next_page: bool = strawberry.field(default=False, description="还有下一页 / More follows")
    has_previous_page: bool = strawberry.field(default=False, description="之前还有 / More precedes")
    start_cursor: str | None = strawberry.field(default=None, description="首条游标 / First cursor")
    end_cursor: str | None = strawberry.field(default=None, description="末条游标 / Last cursor")
