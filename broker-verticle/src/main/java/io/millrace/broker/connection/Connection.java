package io.millrace.broker.connection;

import io.millrace.broker.dispatch.ConnectionClosingException;
import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.broker.dispatch.Dispatcher;
import io.millrace.broker.dispatch.RejectedRequestException;
import io.millrace.broker.dispatch.RequestGate;
import io.millrace.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Context;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket: starts its requests in order, sends the responses in the same order, and reads no further while
 * too much is under way. Owned by: its event loop.
 *
 * <pre>
 *  socket bytes -> unread -> FrameReader -> Exchange -> Dispatcher -> handler
 *                    |  (stops while the gate is closed)                |
 *  socket <- Netty <- ResponseQueue, in request order <--- answered ----+
 * </pre>
 *
 * <p>The gate is closed by a handler, by too many requests or bytes in flight, by responses that the client does not
 * read, and by a spent memory budget. Bytes that arrive while it is closed wait in {@code unread}, at most what one
 * round of reading brings, because they turn reading off.
 */
final class Connection {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final QuietLog QUIET = new QuietLog(LOG);

    /** A sender slower than this, on average over one request, is cut off: it holds the memory of the whole request. */
    private static final long FRAME_BYTES_PER_SECOND_MIN = 16 << 10;

    /** The same while others wait for memory. */
    private static final long FRAME_BYTES_PER_SECOND_MIN_UNDER_PRESSURE = 1 << 20;

    /** While others wait for memory, who stalls gets this part of the time. */
    private static final int STALLED_UNDER_PRESSURE = 10;

    /** A reader who stalls with less than this unread does not matter to those who wait for memory. */
    private static final long UNREAD_BYTES_THAT_MATTER = 64 << 10;

    /** Enough for the length of a request, and for a small one. */
    private static final int REQUEST_START_BYTES = 4 << 10;

    /** When the broker stops: a client that takes no answer, or does not close, for so long is not waited for. */
    private static final long DRAIN_STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Position in the list of {@link ConnectionLoop}, which alone uses it. */
    int index;

    private final ConnectionLoop loop;
    private final ConnectionSettings settings;
    private final MemoryBudget memory;
    private final Dispatcher dispatcher;
    private final ConnectionInfo info;
    private final Context context;
    private final Runnable onClosed;
    private final ChannelHandlerContext channel;
    private final FrameReader reader;
    private final ResponseQueue responses;
    private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>();
    private @Nullable Set<Runnable> disconnectListeners;

    private int holds;
    private boolean awaitsMemory;
    private boolean insideRead;
    private boolean pumping;
    private boolean closed;
    private boolean draining;
    private boolean outputEnded;
    private long activeNanos;
    private long readNanos;
    private long frameNanos;
    private long sentNanos;

    private final RequestGate gate = new RequestGate() {
        @Override
        public void close() {
            holds++;
        }

        @Override
        public void open() {
            holds--;
            assert holds >= 0 : "gate opened more often than closed";
            resume();
        }

        @Override
        public void onDisconnect(Runnable listener) {
            addDisconnectListener(listener);
        }

        @Override
        public void removeDisconnectListener(Runnable listener) {
            if (disconnectListeners != null) {
                disconnectListeners.remove(listener);
            }
        }
    };

    /** @param onClosed called once, on the event loop */
    Connection(
            ConnectionLoop loop,
            ConnectionSettings settings,
            MemoryBudget memory,
            WorkerExecutor readers,
            Dispatcher dispatcher,
            ConnectionInfo info,
            Context context,
            ChannelHandlerContext channel,
            Runnable onClosed) {
        this.loop = loop;
        this.settings = settings;
        this.memory = memory;
        this.dispatcher = dispatcher;
        this.info = info;
        this.context = context;
        this.channel = channel;
        this.onClosed = onClosed;
        reader = new FrameReader(settings.frameBytesMax(), memory, channel.alloc());
        responses = new ResponseQueue(channel, readers, memory, settings.outboundBytesMax(), this::onSent);
        activeNanos = System.nanoTime();
        readNanos = activeNanos;
        frameNanos = activeNanos;
        sentNanos = activeNanos;
        loop.add(this);
    }

    // ---- bytes in

    /**
     * Where the socket is to write what it has next.
     *
     * @return owned by the caller; null for a buffer of any size
     */
    @Nullable
    ByteBuf bufferForBytes() {
        if (closed || draining || !unread.isEmpty()) {
            return null;
        }
        return reader.expectsLarge() ? channel.alloc().ioBuffer(REQUEST_START_BYTES) : reader.rest();
    }

    /** Takes over bytes of the socket. */
    void onBytes(ByteBuf bytes) {
        if (closed || draining) {
            bytes.release();
            return;
        }
        insideRead = true;
        readNanos = System.nanoTime();
        activeNanos = readNanos;
        unread.add(bytes);
        pump();
    }

    /** The socket has no more bytes for now: what was answered leaves with one flush. */
    void onReadComplete() {
        insideRead = false;
        flush();
    }

    /** Starts requests while the gate is open and there are bytes. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (isGateOpen() && !unread.isEmpty()) {
                startNext(unread.element());
            }
        } catch (FrameException e) {
            closeBecause(String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            // Netty's own limit of direct memory: the budget is larger than what the JVM was given.
            closeBecause("no memory for a request: " + e.getMessage());
        } finally {
            pumping = false;
        }
        channel.channel().config().setAutoRead(unread.isEmpty());
    }

    private void startNext(ByteBuf in) {
        boolean begins = !reader.isInsideFrame();
        ByteBuf frame = reader.next(in);
        if (frame != null) {
            Exchange exchange = new Exchange(this, frame, info, context, gate, readNanos);
            responses.add(exchange);
            dispatcher.dispatch(exchange);
        } else if (reader.waitsForMemory()) {
            awaitsMemory = true;
            memory.await(reader.frameBytes(), () -> loop.eventLoop().execute(this::onMemory));
        } else if (begins) {
            frameNanos = readNanos;
        }
        if (!closed && !in.isReadable() && !awaitsMemory) {
            unread.remove().release();
        }
    }

    // ---- the gate

    private boolean isGateOpen() {
        return !closed
                && !draining
                && holds == 0
                && !awaitsMemory
                && responses.size() < settings.inFlightMax()
                && responses.inFlightBytes() < settings.inFlightBytesMax()
                && responses.unsentBytes() < settings.outboundBytesMax();
    }

    private void resume() {
        if (!closed && !unread.isEmpty() && isGateOpen()) {
            readNanos = System.nanoTime();
            pump();
        }
    }

    private void onMemory() {
        awaitsMemory = false;
        resume();
    }

    // ---- responses out

    /** A request has more in it than its bytes. */
    void onGrown(long bytes) {
        memory.charge(bytes);
        responses.onGrown(bytes);
    }

    /** A request that is being started waits for its answer without its bytes; {@link #pump} looks for the next. */
    void onReleased(Exchange exchange) {
        assert pumping : "a request gives its bytes back before its handler returns";
        responses.onReleased(exchange);
        giveBack(exchange);
    }

    /** The handler of a request is done, and its response, if any, is ready. */
    void onAnswered(Exchange exchange) {
        responses.onAnswered(exchange);
        giveBack(exchange);
        if (closed) {
            responses.discard(exchange);
            return;
        }
        if (responses.outboundBytes() == 0) {
            sentNanos = System.nanoTime();
        }
        goOn();
    }

    /** The handler of a request, or the request, is such that there is no response. */
    void onFailed(Exchange exchange, Throwable failure) {
        responses.onAnswered(exchange);
        giveBack(exchange);
        if (closed) {
            return;
        }
        if (failure instanceof RejectedRequestException || failure instanceof WireException) {
            closeBecause(exchange.describe() + ": " + failure.getMessage());
        } else if (failure instanceof ConnectionClosingException) {
            LOG.debug("closed connection {} from {}: {}", info.id(), info.remote(), failure.getMessage());
            close();
        } else {
            LOG.error("{} from {} failed, its connection closes", exchange.describe(), info.remote(), failure);
            close();
        }
    }

    private void giveBack(Exchange exchange) {
        memory.release(exchange.frameBytes());
        memory.discharge(exchange.requestBytes() - exchange.frameBytes());
    }

    /** The socket took a response: there is room for the next, and perhaps for the next request. */
    private void onSent() {
        activeNanos = System.nanoTime();
        sentNanos = activeNanos;
        if (closed) {
            return;
        }
        goOn();
    }

    private void goOn() {
        responses.writeAnswered();
        flushSoon();
        resume();
        endOutputWhenDrained();
    }

    private void flushSoon() {
        if (!insideRead && responses.hasUnflushed()) {
            loop.flushSoon(this);
        }
    }

    void flush() {
        if (responses.takeUnflushed()) {
            channel.flush();
        }
    }

    // ---- the end

    /**
     * Starts no more requests, and closes once those that have started are answered and the client has had the answers.
     * One that was idle closes at once.
     */
    void drain() {
        draining = true;
        unread.forEach(ByteBuf::release);
        unread.clear();
        reader.close();
        sentNanos = System.nanoTime();
        channel.channel().config().setAutoRead(false);
        if (isAllSent() && sentNanos - activeNanos > DRAIN_STALL_NANOS) {
            close();
        } else {
            endOutputWhenDrained();
        }
    }

    /**
     * A socket that is closed while bytes wait to be read is reset, and the last answers may be lost on their way. So the
     * client is told first that no more will come, and is read until it closes from its side.
     */
    private void endOutputWhenDrained() {
        if (draining && !closed && !outputEnded && isAllSent()) {
            outputEnded = true;
            ((DuplexChannel) channel.channel()).shutdownOutput();
            channel.channel().config().setAutoRead(true);
        }
    }

    private boolean isAllSent() {
        return responses.size() == 0 && responses.outboundBytes() == 0;
    }

    /** Whether handlers still work on requests of this connection. */
    boolean hasUnanswered() {
        return responses.hasUnanswered();
    }

    /** Closes a connection that idles or stalls. */
    void onSweep(long nowNanos) {
        if (draining) {
            if (!hasUnanswered() && nowNanos - sentNanos > DRAIN_STALL_NANOS) {
                close();
            }
            return;
        }
        if (!isGateOpen() || !reader.isInsideFrame()) {
            readNanos = nowNanos;
            frameNanos = nowNanos;
        } else if (isStalled(nowNanos)) {
            closeBecause("a request of " + reader.frameBytes() + " bytes arrives too slowly");
            return;
        }
        if (holdsUpOthers(nowNanos)) {
            closeBecause(responses.unsentMemoryBytes() + " bytes of responses are not read, and memory is short");
            return;
        }
        boolean waits = responses.size() > 0 && responses.outboundBytes() == 0;
        if (settings.idleMs() > 0
                && !waits
                && nowNanos - activeNanos > TimeUnit.MILLISECONDS.toNanos(settings.idleMs())) {
            LOG.debug("closed connection {} from {}: idle", info.id(), info.remote());
            close();
        }
    }

    /** Whether the client leaves responses unread while others wait for the memory. Otherwise it may take its time. */
    private boolean holdsUpOthers(long nowNanos) {
        return memory.isWanted(0)
                && responses.outboundBytes() > 0
                && responses.unsentMemoryBytes() > UNREAD_BYTES_THAT_MATTER
                && nowNanos - sentNanos > TimeUnit.MILLISECONDS.toNanos(stalledMs(true));
    }

    private long stalledMs(boolean underPressure) {
        return settings.stalledFrameMs() / (underPressure ? STALLED_UNDER_PRESSURE : 1);
    }

    private boolean isStalled(long nowNanos) {
        boolean underPressure = memory.isWanted(reader.frameBytes());
        long stalledMs = stalledMs(underPressure);
        long bytesPerSecond = underPressure ? FRAME_BYTES_PER_SECOND_MIN_UNDER_PRESSURE : FRAME_BYTES_PER_SECOND_MIN;
        long wholeMs = stalledMs + TimeUnit.SECONDS.toMillis(reader.frameBytes()) / bytesPerSecond;
        return nowNanos - readNanos > TimeUnit.MILLISECONDS.toNanos(stalledMs)
                || nowNanos - frameNanos > TimeUnit.MILLISECONDS.toNanos(wholeMs);
    }

    void onException(Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("connection {} from {} broke: {}", info.id(), info.remote(), cause.getMessage());
            close();
        } else {
            LOG.error("connection {} from {} closes after an unexpected error", info.id(), info.remote(), cause);
            close();
        }
    }

    private void closeBecause(String reason) {
        QUIET.warn("closed connection {} from {}: {}", info.id(), info.remote(), reason);
        close();
    }

    /** Closes the socket; what the handlers still work on is dropped when it is done. */
    void close() {
        if (!closed) {
            onClosed();
            channel.close();
        }
    }

    /** The socket is closed, by whichever side. */
    void onClosed() {
        if (closed) {
            return;
        }
        closed = true;
        unread.forEach(ByteBuf::release);
        unread.clear();
        reader.close();
        responses.close();
        loop.remove(this);
        if (disconnectListeners != null) {
            List.copyOf(disconnectListeners).forEach(Runnable::run);
            disconnectListeners = null;
        }
        onClosed.run();
    }

    private void addDisconnectListener(Runnable listener) {
        if (closed) {
            listener.run();
        } else {
            if (disconnectListeners == null) {
                disconnectListeners = new LinkedHashSet<>();
            }
            disconnectListeners.add(listener);
        }
    }
}
