package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.EpochEnd;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetForLeaderEpochRequest;
import io.millrace.wire.message.OffsetForLeaderEpochResponse;
import io.vertx.core.Future;

/** Says where a leader epoch ended, by which a client finds out whether its position was cut off (KIP-320). */
public final class OffsetForLeaderEpochHandler
        implements ApiHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> {

    private static final short MIN_VERSION = 2;

    private final Partitions partitions;

    public OffsetForLeaderEpochHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKey key() {
        return ApiKey.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public short minVersion() {
        return MIN_VERSION;
    }

    @Override
    public Future<OffsetForLeaderEpochResponse> handle(RequestContext context, OffsetForLeaderEpochRequest request) {
        OffsetForLeaderEpochResponse response = new OffsetForLeaderEpochResponse();
        for (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic : request.topics()) {
            OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult result =
                    new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult().topic(topic.topic());
            for (OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked : topic.partitions()) {
                result.partitions().add(answer(topic.topic(), asked));
            }
            response.topics().add(result);
        }
        return Future.succeededFuture(response);
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset answer(
            String topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked) {
        OffsetForLeaderEpochResponse.EpochEndOffset answer =
                new OffsetForLeaderEpochResponse.EpochEndOffset().partition(asked.partition());
        Partition partition = partitions.find(topic, asked.partition());
        ErrorCode error = partition == null
                ? partitions.whyMissing(topic, asked.partition())
                : partition.checkLeader(asked.currentLeaderEpoch());
        if (partition == null || error != ErrorCode.NONE) {
            return answer.errorCode(error.code());
        }
        EpochEnd end = partition.log().endOffsetForEpoch(asked.leaderEpoch());
        return answer.leaderEpoch(end.epoch()).endOffset(end.endOffset());
    }
}
