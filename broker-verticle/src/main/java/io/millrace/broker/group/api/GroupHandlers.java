package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.cluster.MetadataLog;
import java.util.List;

/** The handlers of consumer groups. They keep no mutable state: one of each serves all event loops. */
public final class GroupHandlers {

    private GroupHandlers() {}

    public static List<ApiHandler<?, ?>> create(GroupCoordinators groups, MetadataLog metadata) {
        return List.of(
                new JoinGroupHandler(groups),
                new SyncGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new DescribeGroupsHandler(groups),
                new ListGroupsHandler(groups),
                new DeleteGroupsHandler(groups),
                new ConsumerGroupHeartbeatHandler(groups),
                new ConsumerGroupDescribeHandler(groups),
                new OffsetCommitHandler(groups, metadata),
                new OffsetFetchHandler(groups, metadata),
                new OffsetDeleteHandler(groups, metadata));
    }
}
