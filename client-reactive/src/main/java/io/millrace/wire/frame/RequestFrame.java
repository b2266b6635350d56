package io.millrace.wire.frame;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireException;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.RequestHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * A request with its header.
 *
 * @param request its buffers are slices of the frame that it was read from, and live as long as that
 */
public record RequestFrame(RequestHeader header, ApiMessage request) {

    private static final int VERSION_INDEX = Short.BYTES;

    /** Bytes that every header has: API, version, correlation id. */
    private static final int PREFIX_BYTES = Short.BYTES + Short.BYTES + Integer.BYTES;

    public ApiKey key() {
        return request.apiKey();
    }

    public short version() {
        return header.requestApiVersion();
    }

    /**
     * Reads a frame without its length. Bytes after the request are ignored, as Kafka's broker does.
     *
     * @throws WireException if the API or the version is not known, or the bytes are no such request
     */
    public static RequestFrame decode(ByteBuf frame, WireLimits limits) {
        if (frame.readableBytes() < PREFIX_BYTES) {
            throw new WireException("a request of " + frame.readableBytes() + " bytes has no header");
        }
        short id = frame.getShort(frame.readerIndex());
        short version = frame.getShort(frame.readerIndex() + VERSION_INDEX);
        ApiKey key = ApiKey.forId(id);
        if (key == null) {
            throw new WireException("there is no API " + id);
        }
        if (version < key.minVersion() || version > key.maxVersion()) {
            throw WireException.unknownVersion(key.name(), version);
        }
        WireReader in = new WireReader(frame, limits);
        RequestHeader header = new RequestHeader(in, key.requestHeaderVersion(version));
        ApiMessage request = key.newRequest();
        request.read(in, version);
        return new RequestFrame(header, request);
    }

    /**
     * Writes a frame with its length. API and version of the header are filled in here.
     *
     * @throws WireException if the version cannot carry the request, whose records are released then
     */
    public static WireFrame encode(
            ByteBufAllocator allocator, RequestHeader header, ApiMessage request, short version) {
        ApiKey key = request.apiKey();
        header.requestApiKey(key.id()).requestApiVersion(version);
        return Frames.encode(allocator, header, key.requestHeaderVersion(version), request, version);
    }
}
