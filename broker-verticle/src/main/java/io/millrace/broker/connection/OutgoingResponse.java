package io.millrace.broker.connection;

import io.millrace.wire.StallingRegion;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A response on its way into the socket. Its parts are handed over in their order, behind a region only when the socket has
 * taken all of that, because it may stall. Owned by: the connection's event loop.
 *
 * <pre>
 *  parts ... region --taken--> parts ... done
 *              |  ^
 *       stalled|  |written again
 *              v  |
 *           a worker fetches
 * </pre>
 */
final class OutgoingResponse {

    private static final Logger LOG = LoggerFactory.getLogger(OutgoingResponse.class);

    private final ChannelHandlerContext channel;
    private final WorkerExecutor readers;
    private final List<Object> parts;
    private final Consumer<@Nullable Throwable> onDone;
    /** The first part that the socket does not have, or not all of. */
    private int next;

    /** @param onDone called once, when the socket has taken the response, or with the reason why it never will */
    OutgoingResponse(
            ChannelHandlerContext channel,
            WorkerExecutor readers,
            List<Object> parts,
            Consumer<@Nullable Throwable> onDone) {
        this.channel = channel;
        this.readers = readers;
        this.parts = parts;
        this.onDone = onDone;
    }

    /** Whether the next response may follow. */
    boolean isHandedOver() {
        return next == parts.size();
    }

    /** Hands over what the socket may have now; the caller flushes. */
    void handOver() {
        while (next < parts.size()) {
            Object part = parts.get(next);
            if (part instanceof StallingRegion region) {
                write(region);
                return;
            }
            next++;
            if (next == parts.size()) {
                ChannelPromise sent = channel.newPromise();
                sent.addListener((ChannelFutureListener) future -> onDone.accept(future.cause()));
                channel.write(part, sent);
            } else {
                channel.write(part, channel.voidPromise());
            }
        }
    }

    /** The region stays the next part, with a hold of its own, until all of it is sent. */
    private void write(StallingRegion region) {
        ChannelPromise taken = channel.newPromise();
        taken.addListener((ChannelFutureListener) future -> onTaken(region, future.cause()));
        channel.write(region.retain(), taken);
    }

    private void onTaken(StallingRegion region, @Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
        } else if (region.isStalled()) {
            fetch(region);
        } else {
            next++;
            region.release();
            goOn();
        }
    }

    private void goOn() {
        if (next == parts.size()) {
            onDone.accept(null);
            return;
        }
        handOver();
        channel.flush();
    }

    private void fetch(StallingRegion region) {
        readers.<Void>executeBlocking(
                        () -> {
                            region.fetch();
                            return null;
                        },
                        false)
                .onComplete((done, failure) -> channel.executor().execute(() -> onFetched(region, failure)));
    }

    private void onFetched(StallingRegion region, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("the rest of a response cannot be read, its connection closes: {}", failure.toString());
            fail(failure);
        } else {
            write(region);
            channel.flush();
        }
    }

    private void fail(Throwable failure) {
        parts.subList(next, parts.size()).forEach(ReferenceCountUtil::release);
        next = parts.size();
        onDone.accept(failure);
    }

    /** Whether a response has parts that may stall. Most have none, and need no object like this. */
    static boolean mayStall(List<Object> parts) {
        for (Object part : parts) {
            if (part instanceof StallingRegion) {
                return true;
            }
        }
        return false;
    }
}
