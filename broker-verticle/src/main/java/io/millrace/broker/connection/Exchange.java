package io.millrace.broker.connection;

import io.millrace.broker.dispatch.Call;
import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.broker.dispatch.RequestGate;
import io.millrace.wire.WireFrame;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import org.jspecify.annotations.Nullable;

/** One request of a connection and the place that its response will take. Owned by: the connection's event loop. */
final class Exchange extends Call {

    private final Connection owner;
    private final int frameBytes;
    private boolean answered;
    private @Nullable WireFrame response;

    Exchange(
            Connection owner,
            ByteBuf frame,
            ConnectionInfo info,
            Context eventLoop,
            RequestGate gate,
            long receivedNanos) {
        super(frame, info, eventLoop, gate, receivedNanos);
        this.owner = owner;
        this.frameBytes = frame.readableBytes();
    }

    /** Bytes reserved from the memory budget for the request. */
    int frameBytes() {
        return frameBytes;
    }

    /** Whether the handler is done: the response, or its absence, is known. */
    boolean isAnswered() {
        return answered;
    }

    /** Takes the response out; null when none is to be sent. */
    @Nullable
    WireFrame takeResponse() {
        WireFrame taken = response;
        response = null;
        return taken;
    }

    /** Drops the response: nobody will read it. */
    void discard() {
        WireFrame taken = takeResponse();
        if (taken != null) {
            taken.release();
        }
    }

    @Override
    protected void onResponse(@Nullable WireFrame frame) {
        answered = true;
        response = frame;
        owner.onAnswered(this);
    }

    @Override
    protected void onFailure(Throwable failure) {
        answered = true;
        owner.onFailed(this, failure);
    }
}
