package io.millrace.perf.heavy;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/** A connection with one request at a time, whose answer is taken when it is there. Owned by one thread. */
final class MemberChannel implements Closeable {
    private final SocketChannel socket;
    private final ByteBuffer size = ByteBuffer.allocate(Integer.BYTES);
    private @Nullable ByteBuffer body;
    private @Nullable RequestHeader asked;
    private int correlationId;

    MemberChannel(int port) throws IOException {
        socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.configureBlocking(false);
    }

    SelectionKey register(Selector selector, Object attachment) throws IOException {
        return socket.register(selector, SelectionKey.OP_READ, attachment);
    }

    /** Whether a request has no answer yet. */
    boolean waits() {
        return asked != null;
    }

    void send(AbstractRequest request) throws IOException {
        if (asked != null) {
            throw new IllegalStateException("there is no answer yet to " + asked);
        }
        asked = new RequestHeader(request.apiKey(), request.version(), "member", correlationId++);
        ByteBuffer content = request.serializeWithHeader(asked);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + content.remaining());
        frame.putInt(content.remaining()).put(content).flip();
        while (frame.hasRemaining()) {
            socket.write(frame); // requests are small, the socket takes them at once
        }
    }

    /** @return null while the answer is not whole */
    @Nullable
    AbstractResponse receive() throws IOException {
        if (size.hasRemaining()) {
            read(size);
            if (size.hasRemaining()) {
                return null;
            }
            body = ByteBuffer.allocate(size.getInt(0));
        }
        ByteBuffer answer = body;
        RequestHeader header = asked;
        if (answer == null || header == null) {
            throw new IllegalStateException("an answer that nobody asked for");
        }
        read(answer);
        if (answer.hasRemaining()) {
            return null;
        }
        size.clear();
        body = null;
        asked = null;
        return AbstractResponse.parseResponse(answer.flip(), header);
    }

    private void read(ByteBuffer into) throws IOException {
        if (socket.read(into) < 0) {
            throw new EOFException("the broker has closed the connection of a member");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
