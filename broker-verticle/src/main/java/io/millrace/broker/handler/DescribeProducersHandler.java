package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.ProducerStateView;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeProducersRequest;
import io.millrace.wire.message.DescribeProducersResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the idempotent producers that a partition remembers, asking the append thread, which owns them. */
public final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequest, DescribeProducersResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(DescribeProducersHandler.class);

    private static final int EPOCH_UNCHECKED = -1;

    private final Partitions partitions;

    public DescribeProducersHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DESCRIBE_PRODUCERS;
    }

    @Override
    public Future<DescribeProducersResponse> handle(RequestContext context, DescribeProducersRequest request) {
        DescribeProducersResponse response = new DescribeProducersResponse();
        List<Future<?>> pending = new ArrayList<>();
        PartitionsSeen seen = new PartitionsSeen();
        for (DescribeProducersRequest.TopicRequest topic : request.topics()) {
            DescribeProducersResponse.TopicResponse answers =
                    new DescribeProducersResponse.TopicResponse().name(topic.name());
            response.topics().add(answers);
            for (int index : topic.partitionIndexes()) {
                DescribeProducersResponse.PartitionResponse answer =
                        new DescribeProducersResponse.PartitionResponse().partitionIndex(index);
                answers.partitions().add(answer);
                if (seen.isRepeated(topic.name(), index)) {
                    answer.errorCode(ErrorCode.INVALID_REQUEST.code());
                } else {
                    pending.add(describe(topic.name(), index, answer));
                }
            }
        }
        return Future.join(pending).map(response);
    }

    /** @return never fails: the outcome is in the answer */
    private Future<?> describe(String topic, int index, DescribeProducersResponse.PartitionResponse answer) {
        Partition partition = partitions.find(topic, index);
        ErrorCode error =
                partition == null ? partitions.whyMissing(topic, index) : partition.checkLeader(EPOCH_UNCHECKED);
        if (partition == null || error != ErrorCode.NONE) {
            answer.errorCode(error.code());
            return Future.succeededFuture();
        }
        return partition
                .ring()
                .submit((shard, nowMs) -> partition.log().producers())
                // Not by onSuccess, which may run when the answer is gone: a result that comes from another thread in
                // between
                // reaches what is chained behind it first.
                .map(producers -> answer.activeProducers(producers.stream()
                        .map(DescribeProducersHandler::describe)
                        .toList()))
                .otherwise(failure -> {
                    LOG.warn("cannot describe the producers of {}: {}", partition.id(), failure.toString());
                    return answer.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
                });
    }

    private static DescribeProducersResponse.ProducerState describe(ProducerStateView producer) {
        return new DescribeProducersResponse.ProducerState()
                .producerId(producer.producerId())
                .producerEpoch(producer.producerEpoch())
                .lastSequence(producer.lastSequence())
                .lastTimestamp(producer.lastTimestampMs())
                .coordinatorEpoch(producer.coordinatorEpoch())
                .currentTxnStartOffset(producer.currentTxnStartOffset());
    }
}
