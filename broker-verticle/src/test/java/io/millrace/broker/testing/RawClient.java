package io.millrace.broker.testing;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.WireWriter;
import io.millrace.wire.message.RequestHeader;
import io.millrace.wire.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A Kafka client as dumb as possible: a blocking socket, and every byte under the test's control. */
public final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MS = 10_000;

    /** Memory outside the heap is the broker's alone. */
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private int correlationId;

    public RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBufferBytes of the socket; 0 for the system's choice */
    public RawClient(int port, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request; returns its correlation id. */
    public int send(ApiMessage request, int version) throws IOException {
        int id = ++correlationId;
        sendBytes(frame(request, (short) version, id));
        return id;
    }

    /** The bytes of a request, its length first. */
    public static byte[] frame(ApiMessage request, short version, int correlationId) {
        ApiKey key = request.apiKey();
        WireWriter writer = new WireWriter(HEAP);
        new RequestHeader()
                .requestApiKey(key.id())
                .requestApiVersion(version)
                .correlationId(correlationId)
                .clientId("raw")
                .write(writer, key.requestHeaderVersion(version));
        request.write(writer, version);
        WireFrame frame = writer.finish();
        try {
            ByteBuf all = Unpooled.wrappedBuffer(
                    frame.parts().stream().map(ByteBuf.class::cast).toArray(ByteBuf[]::new));
            byte[] bytes = new byte[all.readableBytes()];
            all.readBytes(bytes);
            return bytes;
        } finally {
            frame.release();
        }
    }

    public void sendBytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Reads the next response, checks that it belongs to the request, and decodes it. */
    public <R extends ApiMessage> R receive(Class<R> type, ApiKey key, int version, int expectedId) throws IOException {
        ByteBuf frame = receiveFrame();
        if (frame == null) {
            throw new EOFException("the broker closed the connection");
        }
        WireReader reader = new WireReader(frame, WireLimits.DEFAULT);
        ResponseHeader header = new ResponseHeader();
        header.read(reader, key.responseHeaderVersion((short) version));
        if (header.correlationId() != expectedId) {
            throw new AssertionError("response " + header.correlationId() + " where " + expectedId + " was due");
        }
        ApiMessage response = key.newResponse();
        response.read(reader, (short) version);
        reader.expectEnd();
        return type.cast(response);
    }

    /** Sends and receives. */
    public <R extends ApiMessage> R call(ApiMessage request, int version, Class<R> type) throws IOException {
        return receive(type, request.apiKey(), version, send(request, version));
    }

    /** The next response without its length; null at the end of the stream. */
    public @Nullable ByteBuf receiveFrame() throws IOException {
        try {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return Unpooled.wrappedBuffer(bytes);
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** Waits until the broker closes the connection; false if it sends something instead. */
    public boolean isClosedByBroker() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Whether nothing arrives for so long. */
    public boolean isSilentFor(int ms) throws IOException {
        socket.setSoTimeout(ms);
        try {
            return in.available() == 0 && readTimesOut();
        } finally {
            socket.setSoTimeout(TIMEOUT_MS);
        }
    }

    private boolean readTimesOut() throws IOException {
        try {
            int next = in.read();
            throw new AssertionError("byte " + next + " arrived");
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
