package io.millrace.perf.nullbroker;

import io.millrace.perf.nullbroker.NullTopics.NullTopic;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.WireException;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.CreateTopicsResponse;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DeleteTopicsResponse;
import io.millrace.wire.message.InitProducerIdResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a broker that is alone says to each request. Owned by the event loop of one connection. */
final class NullAnswers {
    private static final List<ApiKey> KNOWN = List.of(
            ApiKey.API_VERSIONS,
            ApiKey.METADATA,
            ApiKey.CREATE_TOPICS,
            ApiKey.DELETE_TOPICS,
            ApiKey.INIT_PRODUCER_ID,
            ApiKey.PRODUCE);

    private static final int NODE = 1;
    private static final AtomicLong PRODUCER_IDS = new AtomicLong();

    private final NullTopics topics;
    private final String host;
    private final int port;

    NullAnswers(NullTopics topics, String host, int port) {
        this.topics = topics;
        this.host = host;
        this.port = port;
    }

    /**
     * The answer, or null to a producer that wants none.
     *
     * @throws WireException to a request that a null broker does not know
     */
    @Nullable
    ApiMessage to(RequestFrame frame) {
        return switch (frame.key()) {
            case API_VERSIONS -> versions();
            case METADATA -> metadata((MetadataRequest) frame.request());
            case CREATE_TOPICS -> create((CreateTopicsRequest) frame.request());
            case DELETE_TOPICS -> delete((DeleteTopicsRequest) frame.request());
            case INIT_PRODUCER_ID -> new InitProducerIdResponse().producerId(PRODUCER_IDS.incrementAndGet());
            case PRODUCE -> {
                ProduceRequest request = (ProduceRequest) frame.request();
                yield request.acks() == 0 ? null : produce(request);
            }
            default -> throw new WireException("the null broker knows " + KNOWN + ", not " + frame.key());
        };
    }

    private static ApiVersionsResponse versions() {
        ApiVersionsResponse response = new ApiVersionsResponse();
        KNOWN.forEach(key -> response.apiKeys()
                .add(new ApiVersionsResponse.ApiVersion()
                        .apiKey(key.id())
                        .minVersion(key.minVersion())
                        .maxVersion(key.maxVersion())));
        return response;
    }

    private MetadataResponse metadata(MetadataRequest request) {
        MetadataResponse response = new MetadataResponse().clusterId("null").controllerId(NODE);
        response.brokers()
                .add(new MetadataResponse.MetadataResponseBroker()
                        .nodeId(NODE)
                        .host(host)
                        .port(port));
        if (request.topics() == null) {
            topics.all().forEach(topic -> response.topics().add(described(topic)));
            return response;
        }
        for (MetadataRequest.MetadataRequestTopic wanted : request.topics()) {
            String name = wanted.name() == null ? "" : wanted.name();
            Optional<NullTopic> topic = topics.find(name, wanted.topicId());
            response.topics().add(topic.map(NullAnswers::described).orElseGet(() -> unknown(name, wanted.topicId())));
        }
        return response;
    }

    private static MetadataResponse.MetadataResponseTopic described(NullTopic topic) {
        return new MetadataResponse.MetadataResponseTopic()
                .name(topic.name())
                .topicId(topic.id())
                .partitions(IntStream.range(0, topic.partitions())
                        .mapToObj(index -> new MetadataResponse.MetadataResponsePartition()
                                .partitionIndex(index)
                                .leaderId(NODE)
                                .leaderEpoch(0)
                                .replicaNodes(List.of(NODE))
                                .isrNodes(List.of(NODE)))
                        .toList());
    }

    private static MetadataResponse.MetadataResponseTopic unknown(String name, UUID id) {
        ErrorCode error = id.equals(Uuids.ZERO) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.UNKNOWN_TOPIC_ID;
        return new MetadataResponse.MetadataResponseTopic()
                .name(name)
                .topicId(id)
                .errorCode(error.code());
    }

    private CreateTopicsResponse create(CreateTopicsRequest request) {
        CreateTopicsResponse response = new CreateTopicsResponse();
        for (CreateTopicsRequest.CreatableTopic wanted : request.topics()) {
            NullTopic topic = topics.create(wanted.name(), wanted.numPartitions());
            response.topics()
                    .add(new CreateTopicsResponse.CreatableTopicResult()
                            .name(topic.name())
                            .topicId(topic.id())
                            .numPartitions(topic.partitions())
                            .replicationFactor((short) 1)
                            .configs(List.of()));
        }
        return response;
    }

    private DeleteTopicsResponse delete(DeleteTopicsRequest request) {
        List<String> names = new ArrayList<>(request.topicNames());
        request.topics()
                .forEach(each -> topics.find(each.name() == null ? "" : each.name(), each.topicId())
                        .ifPresent(topic -> names.add(topic.name())));
        DeleteTopicsResponse response = new DeleteTopicsResponse();
        for (String name : names) {
            topics.delete(name);
            response.responses().add(new DeleteTopicsResponse.DeletableTopicResult().name(name));
        }
        return response;
    }

    private static ProduceResponse produce(ProduceRequest request) {
        ProduceResponse response = new ProduceResponse();
        for (ProduceRequest.TopicProduceData topic : request.topicData()) {
            ProduceResponse.TopicProduceResponse answer = new ProduceResponse.TopicProduceResponse()
                    .name(topic.name())
                    .topicId(topic.topicId());
            topic.partitionData()
                    .forEach(partition -> answer.partitionResponses()
                            .add(new ProduceResponse.PartitionProduceResponse()
                                    .index(partition.index())
                                    .baseOffset(0)
                                    .logAppendTimeMs(-1)));
            response.responses().add(answer);
        }
        return response;
    }
}
