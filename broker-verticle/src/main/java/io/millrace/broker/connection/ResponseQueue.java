package io.millrace.broker.connection;

import io.millrace.wire.WireFrame;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are under way, and their responses, which leave in the order of the requests.
 * Owned by: the connection's event loop.
 *
 * <p>Responses go to the socket while less than a bounded number of bytes waits there; the rest stays here. Netty's own
 * watermark cannot be used, it counts a file region as nothing. The memory of a response is charged to the budget from
 * the moment it is answered until it is sent or dropped.
 */
final class ResponseQueue {

    private final ChannelHandlerContext channel;
    private final WorkerExecutor readers;
    private final MemoryBudget memory;
    private final long outboundBytesMax;
    private final Runnable onProgress;
    private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>();

    private long inFlightBytes;
    private long outboundBytes;
    private long unsentBytes;
    private long unsentMemoryBytes;
    private boolean unflushed;

    /** The last that was begun. */
    private @Nullable OutgoingResponse outgoing;

    /**
     * @param readers may wait for a disk
     * @param onProgress called after the socket took a response
     */
    ResponseQueue(
            ChannelHandlerContext channel,
            WorkerExecutor readers,
            MemoryBudget memory,
            long outboundBytesMax,
            Runnable onProgress) {
        this.channel = channel;
        this.readers = readers;
        this.memory = memory;
        this.outboundBytesMax = outboundBytesMax;
        this.onProgress = onProgress;
    }

    void add(Exchange exchange) {
        exchanges.add(exchange);
        inFlightBytes += exchange.requestBytes();
    }

    /** Requests that started and whose responses are not handed to the socket. */
    int size() {
        return exchanges.size();
    }

    /** A request that was added has turned out larger. */
    void onGrown(long bytes) {
        inFlightBytes += bytes;
    }

    /** A request's bytes were given back before its answer. */
    void onReleased(Exchange exchange) {
        inFlightBytes -= exchange.requestBytes();
    }

    boolean hasUnanswered() {
        return exchanges.stream().anyMatch(each -> !each.isAnswered());
    }

    /** Bytes of the requests whose handlers are not done, as far as they have not given them back. */
    long inFlightBytes() {
        return inFlightBytes;
    }

    /** Bytes of responses handed to the socket and not sent. */
    long outboundBytes() {
        return outboundBytes;
    }

    /** Bytes of responses that are ready and not sent, here or with the socket. */
    long unsentBytes() {
        return unsentBytes;
    }

    /** What {@link #unsentBytes} takes of the memory budget. */
    long unsentMemoryBytes() {
        return unsentMemoryBytes;
    }

    /** Takes note that the handler of the request is done with its frame. */
    void onAnswered(Exchange exchange) {
        inFlightBytes -= exchange.requestBytes();
        unsentBytes += exchange.responseBytes();
        unsentMemoryBytes += exchange.responseMemoryBytes();
        memory.charge(exchange.responseMemoryBytes());
    }

    /** Hands over what is answered and next in order; the caller flushes. */
    void writeAnswered() {
        Exchange head = exchanges.peek();
        while (isReady() && head != null && head.isAnswered() && outboundBytes < outboundBytesMax) {
            exchanges.remove();
            WireFrame response = head.takeResponse();
            if (response != null) {
                write(response, head);
            }
            head = exchanges.peek();
        }
    }

    private boolean isReady() {
        return outgoing == null || outgoing.isHandedOver();
    }

    boolean hasUnflushed() {
        return unflushed;
    }

    /** Whether something was handed over since the last call. */
    boolean takeUnflushed() {
        boolean was = unflushed;
        unflushed = false;
        return was;
    }

    /** Releases the responses that nobody will read. Requests still at their handlers are released when they are done. */
    void close() {
        exchanges.forEach(this::discard);
        exchanges.clear();
    }

    /** Drops a response that nobody will read, if there is one. */
    void discard(Exchange exchange) {
        exchange.discard();
        onGone(exchange);
    }

    private void write(WireFrame response, Exchange exchange) {
        outboundBytes += exchange.responseBytes();
        unflushed = true;
        List<Object> parts = response.parts();
        if (!OutgoingResponse.mayStall(parts)) {
            writeAll(parts, exchange);
            return;
        }
        OutgoingResponse next = new OutgoingResponse(channel, readers, parts, failure -> onSent(failure, exchange));
        outgoing = next;
        next.handOver();
    }

    private void writeAll(List<Object> parts, Exchange exchange) {
        int last = parts.size() - 1;
        for (int i = 0; i < last; i++) {
            channel.write(parts.get(i), channel.voidPromise());
        }
        ChannelPromise sent = channel.newPromise();
        sent.addListener((ChannelFutureListener) future -> onSent(future.cause(), exchange));
        channel.write(parts.get(last), sent);
    }

    private void onGone(Exchange exchange) {
        if (exchange.isAnswered()) {
            unsentBytes -= exchange.responseBytes();
            unsentMemoryBytes -= exchange.responseMemoryBytes();
            memory.discharge(exchange.responseMemoryBytes());
        }
    }

    private void onSent(@Nullable Throwable failure, Exchange exchange) {
        outboundBytes -= exchange.responseBytes();
        onGone(exchange);
        if (failure == null) {
            onProgress.run();
        } else {
            channel.pipeline().fireExceptionCaught(failure);
        }
    }
}
