package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.LogView;
import io.millrace.broker.storage.OffsetLookup;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ListOffsetsRequest;
import io.millrace.wire.message.ListOffsetsResponse;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds offsets by time, and the ends of a partition. Questions that need the disk are answered on a reader thread. */
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequest, ListOffsetsResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private static final short FIRST_VERSION_WITH_LEADER_EPOCH = 4;
    private static final short FIRST_VERSION_WITH_MAX_TIMESTAMP = 7;
    private static final short FIRST_VERSION_WITH_EARLIEST_LOCAL = 8;
    private static final short FIRST_VERSION_WITH_LATEST_TIERED = 9;
    private static final short FIRST_VERSION_WITH_PENDING_UPLOAD = 11;
    private static final short MIN_VERSION = 1;

    private static final byte READ_COMMITTED = 1;

    private final Partitions partitions;
    private final WorkerExecutor readers;

    public ListOffsetsHandler(Partitions partitions, WorkerExecutor readers) {
        this.partitions = partitions;
        this.readers = readers;
    }

    @Override
    public ApiKey key() {
        return ApiKey.LIST_OFFSETS;
    }

    @Override
    public short minVersion() {
        return MIN_VERSION;
    }

    @Override
    public Future<ListOffsetsResponse> handle(RequestContext context, ListOffsetsRequest request) {
        if (needsDisk(request)) {
            return readers.executeBlocking(() -> answer(context.version(), request), false);
        }
        return Future.succeededFuture(answer(context.version(), request));
    }

    private static boolean needsDisk(ListOffsetsRequest request) {
        for (ListOffsetsRequest.ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsRequest.ListOffsetsPartition partition : topic.partitions()) {
                if (partition.timestamp() >= 0 || partition.timestamp() == MAX_TIMESTAMP) {
                    return true;
                }
            }
        }
        return false;
    }

    private ListOffsetsResponse answer(short version, ListOffsetsRequest request) {
        PartitionsSeen seen = new PartitionsSeen();
        ListOffsetsResponse response = new ListOffsetsResponse();
        for (ListOffsetsRequest.ListOffsetsTopic topic : request.topics()) {
            ListOffsetsResponse.ListOffsetsTopicResponse answers =
                    new ListOffsetsResponse.ListOffsetsTopicResponse().name(topic.name());
            for (ListOffsetsRequest.ListOffsetsPartition asked : topic.partitions()) {
                boolean repeated = seen.isRepeated(topic.name(), asked.partitionIndex());
                answers.partitions()
                        .add(
                                repeated
                                        ? failed(asked, ErrorCode.INVALID_REQUEST)
                                        : answer(version, request.isolationLevel(), topic.name(), asked));
            }
            response.topics().add(answers);
        }
        return response;
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse answer(
            short version, byte isolationLevel, String topic, ListOffsetsRequest.ListOffsetsPartition asked) {
        Partition partition = partitions.find(topic, asked.partitionIndex());
        if (partition == null) {
            return failed(asked, partitions.whyMissing(topic, asked.partitionIndex()));
        }
        ErrorCode error = partition.checkLeader(asked.currentLeaderEpoch());
        if (error != ErrorCode.NONE) {
            return failed(asked, error);
        }
        if (version < firstVersionWith(asked.timestamp())) {
            return failed(asked, ErrorCode.UNSUPPORTED_VERSION);
        }
        try {
            OffsetLookup found = find(partition, asked.timestamp(), isolationLevel);
            return new ListOffsetsResponse.ListOffsetsPartitionResponse()
                    .partitionIndex(asked.partitionIndex())
                    .offset(found.offset())
                    .timestamp(found.timestampMs())
                    .leaderEpoch(version < FIRST_VERSION_WITH_LEADER_EPOCH ? -1 : found.leaderEpoch());
        } catch (IOException e) {
            LOG.error("cannot look up offsets of {}-{}", topic, asked.partitionIndex(), e);
            return failed(asked, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static OffsetLookup find(Partition partition, long timestamp, byte isolationLevel) throws IOException {
        LogView view = partition.view();
        long end = isolationLevel == READ_COMMITTED ? view.lastStableOffset() : view.visibleEndOffset();
        int leaderEpoch = partition.state().leaderEpoch();
        if (timestamp == LATEST) {
            return new OffsetLookup(end, -1, leaderEpoch);
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            return partition.log().earliest();
        }
        if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) {
            return OffsetLookup.NONE;
        }
        OffsetLookup found = timestamp == MAX_TIMESTAMP
                ? partition.log().maxTimestampOffset()
                : partition.log().offsetForTimestamp(timestamp);
        return found.offset() < end ? found : OffsetLookup.NONE;
    }

    private static short firstVersionWith(long timestamp) {
        if (timestamp >= EARLIEST) {
            return MIN_VERSION;
        }
        if (timestamp == MAX_TIMESTAMP) {
            return FIRST_VERSION_WITH_MAX_TIMESTAMP;
        }
        if (timestamp == EARLIEST_LOCAL) {
            return FIRST_VERSION_WITH_EARLIEST_LOCAL;
        }
        if (timestamp == LATEST_TIERED) {
            return FIRST_VERSION_WITH_LATEST_TIERED;
        }
        return timestamp == EARLIEST_PENDING_UPLOAD ? FIRST_VERSION_WITH_PENDING_UPLOAD : Short.MAX_VALUE;
    }

    private static ListOffsetsResponse.ListOffsetsPartitionResponse failed(
            ListOffsetsRequest.ListOffsetsPartition asked, ErrorCode error) {
        return new ListOffsetsResponse.ListOffsetsPartitionResponse()
                .partitionIndex(asked.partitionIndex())
                .errorCode(error.code())
                .offset(-1)
                .timestamp(-1)
                .leaderEpoch(-1);
    }
}
