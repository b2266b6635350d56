package io.millrace.micro;

import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.frame.ResponseFrame;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.FetchResponse.PartitionData;
import io.millrace.wire.message.RequestHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Fetch on the wire, of ten partitions in a session, in the newest version, which current clients choose. The records are not
 * copied on the way, so their size must not show.
 */
public class FetchWireBenchmark extends MicroBenchmark {

    private static final short VERSION = ApiKey.FETCH.maxVersion();
    private static final int PARTITIONS = 10;
    private static final UUID TOPIC = new UUID(1, 2);
    private static final int SESSION = 77;

    /** A request as an object and as bytes. */
    @State(Scope.Thread)
    public static class Request {
        private final RequestHeader header = new RequestHeader().clientId("consumer-1");
        private FetchRequest message;
        private ByteBuf bytes;

        @Setup
        public void create() {
            message = FetchRequests.of(TOPIC, PARTITIONS).sessionId(SESSION).sessionEpoch(5);
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
        @Param
        BatchShape shape;

        private ByteBuf batch;
        private ByteBuf bytes;
        private final FetchResponse message = new FetchResponse().sessionId(SESSION);

        @Setup
        public void create() {
            batch = shape.batch(1);
            List<PartitionData> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new PartitionData()
                        .partitionIndex(i)
                        .highWatermark(shape.records())
                        .lastStableOffset(shape.records())
                        .logStartOffset(0)
                        .preferredReadReplica(-1)
                        .abortedTransactions(null));
            }
            message.responses(List.of(
                    new FetchResponse.FetchableTopicResponse().topicId(TOPIC).partitions(partitions)));
            bytes = SocketBytes.of(encode());
        }

        @TearDown
        public void release() {
            bytes.release();
            batch.release();
        }

        WireFrame encode() {
            for (PartitionData partition : message.responses().get(0).partitions()) {
                partition.records(new BufferRecords(batch.retain()));
            }
            return ResponseFrame.encode(PooledByteBufAllocator.DEFAULT, 1, message, VERSION);
        }
    }

    /** The broker's first step of each fetch, on the event loop: idle consumers send two each second. */
    @Benchmark
    public RequestFrame decodeRequest(Request request) {
        return RequestFrame.decode(request.bytes.readerIndex(0), WireLimits.DEFAULT);
    }

    /** A client's last step of each fetch. */
    @Benchmark
    public long encodeRequest(Request request) {
        return SocketBytes.drop(request.encode());
    }

    /** A client's first step with what it fetched. */
    @Benchmark
    public ResponseFrame decodeResponse(Response response) {
        return ResponseFrame.decode(response.bytes.readerIndex(0), ApiKey.FETCH, VERSION, WireLimits.DEFAULT);
    }

    /** The broker's last step of each fetch, on the event loop. */
    @Benchmark
    public long encodeResponse(Response response) {
        return SocketBytes.drop(response.encode());
    }
}
