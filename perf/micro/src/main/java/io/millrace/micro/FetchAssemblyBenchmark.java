package io.millrace.micro;

import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.fetch.FetchHandler;
import io.millrace.wire.ApiKey;
import io.millrace.wire.frame.ResponseFrame;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How a fetch of a consumer that keeps up is answered from memory. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FetchAssemblyBenchmark extends MicroBenchmark {

    private static final int BATCHES_EACH = 4;

    @Param({"1", "50"})
    int partitions;

    @Param
    BatchShape shape;

    private HotPartitions hot;
    private FetchHandler handler;
    private RequestContext context;
    private FetchRequest request;
    private int bytes;

    @Setup
    public void fill() throws IOException {
        hot = new HotPartitions(partitions);
        for (int index = 0; index < partitions; index++) {
            for (int i = 1; i <= BATCHES_EACH; i++) {
                // Each of another producer, so that none repeats another.
                hot.append(index, shape.batch(i));
            }
        }
        handler = hot.handler();
        context = hot.context(ApiKey.FETCH);
        request = FetchRequests.of(HotPartitions.TOPIC, partitions);
        FetchResponse first = answer();
        request.sessionId(first.sessionId());
        bytes = first.responses().get(0).partitions().stream()
                .mapToInt(each -> each.records() == null ? 0 : each.records().sizeBytes())
                .sum();
        first.release();
        if (first.sessionId() == 0 || bytes == 0) {
            throw new IllegalStateException("no session, or nothing to read: " + first);
        }
    }

    @TearDown
    public void close() throws IOException {
        hot.close();
    }

    /**
     * From the message to the frame for the socket, on the event loop: positions of all partitions of a session, and slices of
     * their logs. It bounds how many consumers a processor can serve.
     */
    @Benchmark
    public long answerSession() {
        int epoch = request.sessionEpoch();
        request.sessionEpoch(epoch == Integer.MAX_VALUE ? 1 : epoch + 1);
        FetchResponse response = answer();
        long size =
                SocketBytes.drop(ResponseFrame.encode(PooledByteBufAllocator.DEFAULT, 1, response, context.version()));
        if (size < bytes) {
            throw new IllegalStateException("answered with " + size + " bytes where " + bytes + " are there");
        }
        return size;
    }

    private FetchResponse answer() {
        FetchResponse response = handler.handle(context, request).result();
        if (response == null) {
            throw new IllegalStateException("the fetch waits, or failed");
        }
        return response;
    }
}
