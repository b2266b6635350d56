package io.millrace.micro;

import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.frame.RequestFrame;
import io.millrace.wire.frame.ResponseFrame;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceRequest.PartitionProduceData;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
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
 * Produce on the wire, one batch for each of ten partitions, in the newest version, which current clients choose. The records
 * are not copied on the way, so their size must not show.
 */
public class ProduceWireBenchmark extends MicroBenchmark {

    private static final short VERSION = ApiKey.PRODUCE.maxVersion();
    private static final int PARTITIONS = 10;
    private static final UUID TOPIC = new UUID(1, 2);
    private static final short ACKS_ALL = -1;

    /** A request as an object and as bytes. */
    @State(Scope.Thread)
    public static class Request {
        @Param
        BatchShape shape;

        private ByteBuf batch;
        private ByteBuf bytes;
        private final RequestHeader header = new RequestHeader().clientId("producer-1");
        private final ProduceRequest message =
                new ProduceRequest().acks(ACKS_ALL).timeoutMs(30_000);

        @Setup
        public void create() {
            batch = shape.batch(1);
            List<PartitionProduceData> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new PartitionProduceData().index(i));
            }
            message.topicData(
                    List.of(new ProduceRequest.TopicProduceData().topicId(TOPIC).partitionData(partitions)));
            bytes = SocketBytes.of(encode());
        }

        @TearDown
        public void release() {
            bytes.release();
            batch.release();
        }

        WireFrame encode() {
            for (PartitionProduceData partition : message.topicData().get(0).partitionData()) {
                partition.records(new BufferRecords(batch.retain()));
            }
            return RequestFrame.encode(PooledByteBufAllocator.DEFAULT, header, message, VERSION);
        }
    }

    /** A response as an object and as bytes. */
    @State(Scope.Thread)
    public static class Response {
        private final ProduceResponse message = new ProduceResponse();
        private ByteBuf bytes;

        @Setup
        public void create() {
            List<PartitionProduceResponse> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new PartitionProduceResponse()
                        .index(i)
                        .baseOffset(1_000_000 + i)
                        .logAppendTimeMs(-1)
                        .logStartOffset(0));
            }
            message.responses(List.of(
                    new ProduceResponse.TopicProduceResponse().topicId(TOPIC).partitionResponses(partitions)));
            bytes = SocketBytes.of(encode());
        }

        @TearDown
        public void release() {
            bytes.release();
        }

        WireFrame encode() {
            return ResponseFrame.encode(PooledByteBufAllocator.DEFAULT, 1, message, VERSION);
        }
    }

    /** The broker's first step of each produce, on the event loop: what it costs bounds the requests of a connection. */
    @Benchmark
    public RequestFrame decodeRequest(Request request) {
        return RequestFrame.decode(request.bytes.readerIndex(0), WireLimits.DEFAULT);
    }

    /** A client's last step of each produce. */
    @Benchmark
    public long encodeRequest(Request request) {
        return SocketBytes.drop(request.encode());
    }

    /** A client's first step of each acknowledgement. */
    @Benchmark
    public ResponseFrame decodeResponse(Response response) {
        return ResponseFrame.decode(response.bytes.readerIndex(0), ApiKey.PRODUCE, VERSION, WireLimits.DEFAULT);
    }

    /** The broker's last step of each produce, on the event loop. */
    @Benchmark
    public long encodeResponse(Response response) {
        return SocketBytes.drop(response.encode());
    }
}
