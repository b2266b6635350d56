package io.millrace.broker.testing;

import io.millrace.wire.BufferRecords;
import io.millrace.wire.Records;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.CreateTopicsResponse;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The requests that most raw tests need, in their shortest form. */
public final class Requests {

    private Requests() {}

    /** Creates a topic with these configs; returns its id. */
    public static UUID createTopic(RawClient client, String name, int partitions, Map<String, String> configs)
            throws IOException {
        CreateTopicsRequest.CreatableTopic topic = new CreateTopicsRequest.CreatableTopic()
                .name(name)
                .numPartitions(partitions)
                .replicationFactor((short) 1);
        configs.forEach((key, value) -> topic.configs()
                .add(new CreateTopicsRequest.CreatableTopicConfig().name(key).value(value)));
        CreateTopicsRequest request = new CreateTopicsRequest().timeoutMs(10_000);
        request.topics().add(topic);
        CreateTopicsResponse response = client.call(request, 7, CreateTopicsResponse.class);
        if (response.topics().get(0).errorCode() != 0) {
            throw new IllegalStateException(response.toString());
        }
        return response.topics().get(0).topicId();
    }

    /** A request with one batch for one partition of a topic by name. */
    public static ProduceRequest produce(String topic, int partition, int acks, @Nullable ByteBuf batch) {
        ProduceRequest request = new ProduceRequest().acks((short) acks).timeoutMs(10_000);
        request.topicData().add(topicData(topic, partition, batch));
        return request;
    }

    public static ProduceRequest.TopicProduceData topicData(String topic, int partition, @Nullable ByteBuf batch) {
        Records records = batch == null ? null : new BufferRecords(batch);
        ProduceRequest.TopicProduceData data = new ProduceRequest.TopicProduceData().name(topic);
        data.partitionData()
                .add(new ProduceRequest.PartitionProduceData().index(partition).records(records));
        return data;
    }

    /** Produces one batch and returns what the broker says of its partition. */
    public static ProduceResponse.PartitionProduceResponse produceTo(
            RawClient client, int version, ProduceRequest request) throws IOException {
        return client.call(request, version, ProduceResponse.class)
                .responses()
                .get(0)
                .partitionResponses()
                .get(0);
    }

    /** A fetch of one partition by name, that waits for nothing and wants no session. */
    public static FetchRequest fetch(String topic, int partition, long offset) {
        FetchRequest request = new FetchRequest()
                .maxWaitMs(0)
                .minBytes(1)
                .maxBytes(50 << 20)
                .sessionId(0)
                .sessionEpoch(-1);
        request.topics().add(fetchTopic(topic, partition, offset));
        return request;
    }

    public static FetchRequest.FetchTopic fetchTopic(String topic, int partition, long offset) {
        FetchRequest.FetchTopic fetched = new FetchRequest.FetchTopic().topic(topic);
        fetched.partitions()
                .add(new FetchRequest.FetchPartition()
                        .partition(partition)
                        .fetchOffset(offset)
                        .partitionMaxBytes(1 << 20));
        return fetched;
    }

    public static FetchResponse.PartitionData first(FetchResponse response) {
        return response.responses().get(0).partitions().get(0);
    }

    /** Bytes of records in an answer. */
    public static int bytes(FetchResponse.PartitionData answer) {
        return answer.records() == null ? 0 : answer.records().sizeBytes();
    }

    /** All that the broker tells about its topics. */
    public static MetadataResponse metadata(RawClient client) throws IOException {
        return client.call(new MetadataRequest().topics(null), 12, MetadataResponse.class);
    }

    public static List<FetchResponse.PartitionData> answers(FetchResponse response) {
        return response.responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }
}
