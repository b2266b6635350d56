package io.millrace.broker.dispatch;

import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through {@link Dispatcher} and handler. Owned by: the connection's event loop. It holds the
 * frame until the handler is done, because the request's buffers are slices of it.
 */
public abstract class Call implements Completable<ApiMessage>, HeldRequest {

    final ByteBuf frame;
    final ConnectionInfo connection;
    final Context eventLoop;
    final RequestGate gate;
    final long receivedNanos;

    private boolean holdsFrame = true;

    /** Known once the header was read. */
    @Nullable
    RequestContext context;

    /** @param frame a request without its length field; this call owns it */
    protected Call(ByteBuf frame, ConnectionInfo connection, Context eventLoop, RequestGate gate, long receivedNanos) {
        this.frame = frame;
        this.connection = connection;
        this.eventLoop = eventLoop;
        this.gate = gate;
        this.receivedNanos = receivedNanos;
    }

    /** The handler is done. Any thread; it continues on the event loop. */
    @Override
    public final void complete(@Nullable ApiMessage response, @Nullable Throwable failure) {
        EventLoop loop = ((ContextInternal) eventLoop).nettyEventLoop();
        if (loop.inEventLoop()) {
            finish(response, failure);
        } else {
            loop.execute(() -> finish(response, failure));
        }
    }

    /** API, version and client id as far as they are known, for logs. */
    public final String describe() {
        RequestContext known = context;
        return known == null ? "request" : known.key() + " v" + known.version() + " of client " + known.clientId();
    }

    private void finish(@Nullable ApiMessage response, @Nullable Throwable failure) {
        WireFrame encoded = null;
        Throwable problem = failure;
        if (response != null && context != null && problem == null) {
            try {
                encoded = ResponseEncoder.encode(context, response);
            } catch (RuntimeException | Error e) {
                problem = e;
            }
        }
        end(encoded, problem);
    }

    @Override
    public final void releaseBytes() {
        if (holdsFrame) {
            holdsFrame = false;
            frame.release();
            onRequestReleased();
        }
    }

    /** Releases the request and passes on how it ended. */
    void end(@Nullable WireFrame response, @Nullable Throwable failure) {
        if (holdsFrame) {
            holdsFrame = false;
            frame.release();
        }
        if (failure == null) {
            onResponse(response);
        } else {
            onFailure(failure);
        }
    }

    /** The request was read: its arrays and tagged fields have so many elements, each an object or more in memory. */
    protected void onDecoded(int elements) {}

    /** The request's bytes are gone before it is answered. */
    protected void onRequestReleased() {}

    /** The response is ready; null when none is to be sent. The receiver owns it. */
    protected abstract void onResponse(@Nullable WireFrame frame);

    /** There will be no response, and the connection cannot go on. */
    protected abstract void onFailure(Throwable failure);
}
