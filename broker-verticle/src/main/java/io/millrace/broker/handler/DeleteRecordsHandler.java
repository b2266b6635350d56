package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.ring.LogRings;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DeleteRecordsRequest;
import io.millrace.wire.message.DeleteRecordsResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the start of partitions forward: what is before can no longer be read, and its segments go. */
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequest, DeleteRecordsResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(DeleteRecordsHandler.class);

    /** Stands for the high watermark: all that can be read. */
    private static final long EVERYTHING = -1;

    private static final int EPOCH_UNCHECKED = -1;

    private final Partitions partitions;
    private final LogRings rings;

    public DeleteRecordsHandler(Partitions partitions, LogRings rings) {
        this.partitions = partitions;
        this.rings = rings;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DELETE_RECORDS;
    }

    @Override
    public Future<DeleteRecordsResponse> handle(RequestContext context, DeleteRecordsRequest request) {
        DeleteRecordsResponse response = new DeleteRecordsResponse();
        List<Future<?>> pending = new ArrayList<>();
        PartitionsSeen seen = new PartitionsSeen();
        for (DeleteRecordsRequest.DeleteRecordsTopic topic : request.topics()) {
            DeleteRecordsResponse.DeleteRecordsTopicResult result =
                    new DeleteRecordsResponse.DeleteRecordsTopicResult().name(topic.name());
            response.topics().add(result);
            for (DeleteRecordsRequest.DeleteRecordsPartition asked : topic.partitions()) {
                DeleteRecordsResponse.DeleteRecordsPartitionResult answer =
                        new DeleteRecordsResponse.DeleteRecordsPartitionResult()
                                .partitionIndex(asked.partitionIndex())
                                .lowWatermark(-1);
                result.partitions().add(answer);
                if (seen.isRepeated(topic.name(), asked.partitionIndex())) {
                    answer.errorCode(ErrorCode.INVALID_REQUEST.code());
                } else {
                    pending.add(delete(topic.name(), asked, answer));
                }
            }
        }
        return Future.join(pending).map(response);
    }

    /** @return never fails: the outcome is in the answer */
    private Future<?> delete(
            String topic,
            DeleteRecordsRequest.DeleteRecordsPartition asked,
            DeleteRecordsResponse.DeleteRecordsPartitionResult answer) {
        Partition partition = partitions.find(topic, asked.partitionIndex());
        ErrorCode error = partition == null
                ? partitions.whyMissing(topic, asked.partitionIndex())
                : check(partition, asked.offset());
        if (partition == null || error != ErrorCode.NONE) {
            answer.errorCode(error.code());
            return Future.succeededFuture();
        }
        return rings.deleteRecords(partition.log(), asked.offset())
                .map(outcome -> outcome == ErrorCode.NONE
                        ? answer.lowWatermark(partition.log().logStartOffset())
                        : answer.errorCode(outcome.code()))
                .otherwise(failure -> {
                    LOG.warn("cannot delete records of {}-{}: {}", topic, asked.partitionIndex(), failure.toString());
                    return answer.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
                });
    }

    private static ErrorCode check(Partition partition, long offset) {
        ErrorCode error = partition.checkLeader(EPOCH_UNCHECKED);
        if (error != ErrorCode.NONE) {
            return error;
        }
        if (!partition.config().deletes()) {
            return ErrorCode.POLICY_VIOLATION;
        }
        return offset < EVERYTHING ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.NONE;
    }
}
