package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ListGroupsRequest;
import io.millrace.wire.message.ListGroupsResponse;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.vertx.core.Future;
import java.util.List;

/** ListGroups: the groups that this broker coordinates, all or those of some states and types. */
final class ListGroupsHandler implements ApiHandler<ListGroupsRequest, ListGroupsResponse> {

    private final GroupCoordinators groups;

    ListGroupsHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.LIST_GROUPS;
    }

    @Override
    public Future<ListGroupsResponse> handle(RequestContext context, ListGroupsRequest request) {
        return groups.list()
                .map(listing -> new ListGroupsResponse()
                        .errorCode(listing.error().code())
                        .groups(listing.groups().stream()
                                .filter(each -> isWanted(each, request))
                                .toList()));
    }

    private static boolean isWanted(ListedGroup group, ListGroupsRequest request) {
        return matches(request.statesFilter(), group.groupState()) && matches(request.typesFilter(), group.groupType());
    }

    /** Without a filter everything is wanted; names are taken as people write them. */
    private static boolean matches(List<String> filter, String value) {
        return filter.isEmpty() || filter.stream().anyMatch(each -> each.trim().equalsIgnoreCase(value));
    }
}
