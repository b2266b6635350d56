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

    /** A guess at the object that an element of an array becomes. */
    private static final long ELEMENT_BYTES = 100;

    private final Connection owner;
    private int frameBytes;
    private long requestBytes;
    private long responseBytes;
    private long responseMemoryBytes;
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
        frameBytes = frame.readableBytes();
        requestBytes = frameBytes;
    }

    /** Size of the request on the wire; 0 once its bytes are gone. */
    int frameBytes() {
        return frameBytes;
    }

    /** Bytes that the request takes out of the memory budget until its handler is done. */
    long requestBytes() {
        return requestBytes;
    }

    /** Size of the response on the wire; 0 before it is known, or without one. */
    long responseBytes() {
        return responseBytes;
    }

    /** Bytes that the response takes out of the memory budget: those parts that are not a piece of a file. */
    long responseMemoryBytes() {
        return responseMemoryBytes;
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
    protected void onDecoded(int elements) {
        long bytes = elements * ELEMENT_BYTES;
        requestBytes += bytes;
        owner.onGrown(bytes);
    }

    @Override
    protected void onRequestReleased() {
        owner.onReleased(this);
        frameBytes = 0;
        requestBytes = 0;
    }

    @Override
    protected void onResponse(@Nullable WireFrame frame) {
        answered = true;
        response = frame;
        if (frame != null) {
            responseBytes = frame.sizeBytes();
            for (Object part : frame.parts()) {
                responseMemoryBytes += part instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
            }
        }
        owner.onAnswered(this);
    }

    @Override
    protected void onFailure(Throwable failure) {
        answered = true;
        owner.onFailed(this, failure);
    }
}
