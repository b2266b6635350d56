package io.millrace.micro;

import io.millrace.wire.ApiKey;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.frame.ResponseFrame;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import io.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import io.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import io.millrace.wire.message.RequestHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Metadata on the wire, of ten topics with ten partitions each on three brokers, in the newest version, which current clients
 * choose. After a restart of a broker all clients ask at once.
 */
public class MetadataWireBenchmark extends MicroBenchmark {

    private static final short VERSION = ApiKey.METADATA.maxVersion();
    private static final int BROKERS = 3;
    private static final int TOPICS = 10;
    private static final int PARTITIONS = 10;

    /** A request as an object and as bytes. */
    @State(Scope.Thread)
    public static class Request {
        private final RequestHeader header = new RequestHeader().clientId("consumer-1");
        private final MetadataRequest message = new MetadataRequest().allowAutoTopicCreation(true);
        private ByteBuf bytes;

        @Setup
        public void create() {
            List<MetadataRequestTopic> topics = new ArrayList<>();
            for (int i = 0; i < TOPICS; i++) {
                topics.add(new MetadataRequestTopic().name(topicName(i)));
            }
            message.topics(topics);
            bytes = SocketBytes.of(encode());
        }

        @TearDown
        public void release() {
            bytes.release();
        }

        WireFrame encode() {
            return RequestFrame.encode(PooledByteBufAllocator.DEFAULT, header, message, VERSION);
        }
    }

    /** A response as an object and as bytes. */
    @State(Scope.Thread)
    public static class Response {
        private final MetadataResponse message =
                new MetadataResponse().clusterId("b3Jkb3JvZm5vcmRlcnM0Mg").controllerId(1);
        private ByteBuf bytes;

        @Setup
        public void create() {
            List<MetadataResponseBroker> brokers = new ArrayList<>();
            for (int i = 0; i < BROKERS; i++) {
                brokers.add(new MetadataResponseBroker()
                        .nodeId(i)
                        .host("broker-" + i + ".example.org")
                        .port(9092));
            }
            List<MetadataResponseTopic> topics = new ArrayList<>();
            for (int i = 0; i < TOPICS; i++) {
                topics.add(new MetadataResponseTopic()
                        .name(topicName(i))
                        .topicId(new UUID(1, i))
                        .partitions(partitions()));
            }
            message.brokers(brokers).topics(topics);
            bytes = SocketBytes.of(encode());
        }

        private static List<MetadataResponsePartition> partitions() {
            List<MetadataResponsePartition> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new MetadataResponsePartition()
                        .partitionIndex(i)
                        .leaderId(i % BROKERS)
                        .leaderEpoch(3)
                        .replicaNodes(List.of(0, 1, 2))
                        .isrNodes(List.of(0, 1, 2)));
            }
            return partitions;
        }

        @TearDown
        public void release() {
            bytes.release();
        }

        WireFrame encode() {
            return ResponseFrame.encode(PooledByteBufAllocator.DEFAULT, 1, message, VERSION);
        }
    }

    private static String topicName(int number) {
        return "orders-of-region-" + number;
    }

    /** The broker's first step when a client asks where its partitions are, on the event loop. */
    @Benchmark
    public RequestFrame decodeRequest(Request request) {
        return RequestFrame.decode(request.bytes.readerIndex(0), WireLimits.DEFAULT);
    }

    /** A client's way to ask. */
    @Benchmark
    public long encodeRequest(Request request) {
        return SocketBytes.drop(request.encode());
    }

    /** A client's first step with the answer, of which each partition is an object with three lists. */
    @Benchmark
    public ResponseFrame decodeResponse(Response response) {
        return ResponseFrame.decode(response.bytes.readerIndex(0), ApiKey.METADATA, VERSION, WireLimits.DEFAULT);
    }

    /** The broker's last step, on the event loop, where a large answer holds up all of its connections. */
    @Benchmark
    public long encodeResponse(Response response) {
        return SocketBytes.drop(response.encode());
    }
}
