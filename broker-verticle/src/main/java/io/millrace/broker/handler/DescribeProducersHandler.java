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

/** Shows the idempotent producers that a partition remembers. */
public final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequest, DescribeProducersResponse> {

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
        for (DescribeProducersRequest.TopicRequest topic : request.topics()) {
            DescribeProducersResponse.TopicResponse answer =
                    new DescribeProducersResponse.TopicResponse().name(topic.name());
            for (int index : topic.partitionIndexes()) {
                answer.partitions().add(describe(topic.name(), index));
            }
            response.topics().add(answer);
        }
        return Future.succeededFuture(response);
    }

    private DescribeProducersResponse.PartitionResponse describe(String topic, int index) {
        DescribeProducersResponse.PartitionResponse answer =
                new DescribeProducersResponse.PartitionResponse().partitionIndex(index);
        Partition partition = partitions.find(topic, index);
        ErrorCode error =
                partition == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : partition.checkLeader(EPOCH_UNCHECKED);
        if (partition == null || error != ErrorCode.NONE) {
            return answer.errorCode(error.code());
        }
        for (ProducerStateView producer : partition.log().producers()) {
            answer.activeProducers()
                    .add(new DescribeProducersResponse.ProducerState()
                            .producerId(producer.producerId())
                            .producerEpoch(producer.producerEpoch())
                            .lastSequence(producer.lastSequence())
                            .lastTimestamp(producer.lastTimestampMs())
                            .coordinatorEpoch(producer.coordinatorEpoch())
                            .currentTxnStartOffset(producer.currentTxnStartOffset()));
        }
        return answer;
    }
}
