package io.millrace.broker.produce;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Answers Produce: finds the partitions, then leaves the rest to a {@link ProduceOperation}. One instance for each event
 * loop.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequest, ProduceResponse> {

    /** Magic 2 came with version 3; older requests carry batches that nobody may write any more. */
    private static final short MIN_VERSION = 3;

    /** What librdkafka looks for when it decides whether a broker takes messages at all (KAFKA-18659). */
    private static final short MIN_ADVERTISED_VERSION = 0;

    /** The first version that names topics by id. */
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private static final short ACKS_ALL = -1;
    private static final short ACKS_LEADER = 1;
    private static final int EPOCH_UNCHECKED = -1;

    private final Partitions partitions;
    private final WorkerExecutor workers;
    private final LeaderHints hints;
    private final Clock clock;

    /** @param workers threads that pack batches again where a topic has its own {@code compression.type} */
    public ProduceHandler(Partitions partitions, WorkerExecutor workers, LeaderHints hints, Clock clock) {
        this.partitions = partitions;
        this.workers = workers;
        this.hints = hints;
        this.clock = clock;
    }

    @Override
    public ApiKey key() {
        return ApiKey.PRODUCE;
    }

    @Override
    public short minVersion() {
        return MIN_VERSION;
    }

    @Override
    public short minAdvertisedVersion() {
        return MIN_ADVERTISED_VERSION;
    }

    @Override
    public Future<ProduceResponse> handle(RequestContext context, ProduceRequest request) {
        ProduceOperation operation = new ProduceOperation(context, request.acks(), workers, hints, clock.millis());
        ErrorCode refusal = refusal(request);
        ErrorCode unknown = context.version() >= FIRST_VERSION_WITH_TOPIC_IDS
                ? ErrorCode.UNKNOWN_TOPIC_ID
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        for (ProduceRequest.TopicProduceData topic : request.topicData()) {
            ProduceResponse.TopicProduceResponse answers = new ProduceResponse.TopicProduceResponse()
                    .name(topic.name())
                    .topicId(topic.topicId());
            operation.response().responses().add(answers);
            Partitions.@Nullable Topic found = topic.topicId().equals(Uuids.ZERO)
                    ? partitions.topic(topic.name())
                    : partitions.topic(topic.topicId());
            for (ProduceRequest.PartitionProduceData data : topic.partitionData()) {
                ProduceSlot slot = operation.slot(data.index(), answers);
                if (refusal != null) {
                    slot.refuse(refusal, null);
                } else if (found == null) {
                    slot.refuse(unknown, null);
                } else if (TopicNames.isInternal(found.name())) {
                    slot.refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, "only the broker itself writes to " + found.name());
                } else {
                    admit(slot, found, data, request.acks());
                }
            }
        }
        return operation.start();
    }

    private static @Nullable ErrorCode refusal(ProduceRequest request) {
        if (request.acks() < ACKS_ALL || request.acks() > ACKS_LEADER) {
            return ErrorCode.INVALID_REQUIRED_ACKS;
        }
        return request.transactionalId() == null ? null : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    }

    private static void admit(
            ProduceSlot slot, Partitions.Topic found, ProduceRequest.PartitionProduceData data, short acks) {
        Partition partition = found.partition(data.index());
        if (partition == null) {
            slot.refuse(found.whyMissing(data.index()), null);
            return;
        }
        ErrorCode error = partition.checkLeader(EPOCH_UNCHECKED);
        if (error != ErrorCode.NONE) {
            slot.refuse(partition, error);
        } else if (acks == ACKS_ALL
                && partition.state().isr().size() < partition.config().minInsyncReplicas()) {
            slot.refuse(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    "min.insync.replicas is " + partition.config().minInsyncReplicas() + ", in sync are "
                            + partition.state().isr().size());
        } else if (data.records() instanceof BufferRecords records) {
            slot.admit(partition, records.buffer());
        } else {
            slot.refuse(ErrorCode.INVALID_RECORD, "no record batch for the partition");
        }
    }
}
