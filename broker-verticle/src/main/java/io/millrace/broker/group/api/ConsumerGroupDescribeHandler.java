package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.DescribeConsumerGroup;
import io.millrace.broker.handler.AuthorizedOperations;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ConsumerGroupDescribeRequest;
import io.millrace.wire.message.ConsumerGroupDescribeResponse;
import io.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** ConsumerGroupDescribe: groups of the next-generation protocol, with what members have and are to have. */
final class ConsumerGroupDescribeHandler
        implements ApiHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> {

    private final GroupCoordinators groups;

    ConsumerGroupDescribeHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.CONSUMER_GROUP_DESCRIBE;
    }

    @Override
    public Future<ConsumerGroupDescribeResponse> handle(RequestContext context, ConsumerGroupDescribeRequest request) {
        List<Future<DescribedGroup>> pending = new ArrayList<>();
        for (String each : request.groupIds()) {
            Reply<DescribedGroup> reply = new Reply<>();
            groups.submit(new DescribeConsumerGroup(each, reply));
            pending.add(reply.future());
        }
        boolean asked = request.includeAuthorizedOperations();
        return Future.join(pending)
                .map(done -> new ConsumerGroupDescribeResponse()
                        .groups(pending.stream()
                                .map(each -> withOperations(each.result(), asked))
                                .toList()));
    }

    private static DescribedGroup withOperations(DescribedGroup group, boolean asked) {
        return asked && group.errorCode() == 0 ? group.authorizedOperations(AuthorizedOperations.ON_GROUP) : group;
    }
}
