package io.millrace.generator;

import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Writes the enum of all APIs. */
final class ApiKeyWriter {

    private static final String API_VERSIONS = "ApiVersions";

    private final List<MessageSchema> requests;
    private final List<MessageSchema> responses;
    private final JavaSource out = new JavaSource();

    ApiKeyWriter(List<MessageSchema> messages) {
        this.requests = messages.stream()
                .filter(message -> message.kind() == MessageSchema.Kind.REQUEST)
                .sorted(Comparator.comparingInt(MessageSchema::apiKey))
                .toList();
        this.responses = messages.stream()
                .filter(message -> message.kind() == MessageSchema.Kind.RESPONSE)
                .toList();
    }

    String write() {
        out.line("package " + JavaNames.WIRE_PACKAGE + ";").blank();
        imports();
        out.javadoc(
                "The APIs of the Kafka protocol, with the versions that can be read and written. What a broker offers"
                        + " is its own choice among them. Generated from Kafka's schemas.");
        out.open("public enum ApiKey");
        for (int i = 0; i < requests.size(); i++) {
            constant(requests.get(i), i == requests.size() - 1 ? ";" : ",");
        }
        members();
        lookups();
        headerVersions();
        out.close();
        return out.toString();
    }

    private void imports() {
        requests.stream()
                .flatMap(request -> Stream.of(request, responseOf(request)))
                .map(MessageSchema::name)
                .sorted()
                .forEach(name -> out.line("import " + JavaNames.MESSAGE_PACKAGE + "." + name + ";"));
        out.line("import org.jspecify.annotations.Nullable;");
        out.blank();
    }

    private MessageSchema responseOf(MessageSchema request) {
        MessageSchema response = responses.stream()
                .filter(message -> message.apiKey() == request.apiKey())
                .findFirst()
                .orElseThrow(() -> new SchemaException(request.name() + " has no response"));
        if (!response.validVersions().equals(request.validVersions())
                || firstFlexible(response) != firstFlexible(request)) {
            throw new SchemaException(request.name() + " and its response differ in their versions");
        }
        return response;
    }

    private static int firstFlexible(MessageSchema message) {
        Versions flexible = message.flexibleVersions().intersect(message.validVersions());
        return flexible.isEmpty() ? message.validVersions().high() + 1 : flexible.low();
    }

    private void constant(MessageSchema request, String end) {
        Versions valid = request.validVersions();
        int stable = request.latestVersionUnstable() ? valid.high() - 1 : valid.high();
        out.line(JavaNames.constant(request.apiName()) + "(" + request.apiKey() + ", " + valid.low() + ", "
                + valid.high()
                + ", " + stable + ", " + firstFlexible(request) + ")" + end);
    }

    private void members() {
        int idMax = requests.get(requests.size() - 1).apiKey();
        out.blank();
        out.line("private static final @Nullable ApiKey[] BY_ID = new @Nullable ApiKey[" + (idMax + 1) + "];");
        out.blank();
        out.open("static");
        out.open("for (ApiKey key : values())");
        out.line("BY_ID[key.id] = key;");
        out.close();
        out.close();
        out.blank();
        out.line("private final short id;");
        out.line("private final short minVersion;");
        out.line("private final short maxVersion;");
        out.line("private final short maxStableVersion;");
        out.line("private final short firstFlexibleVersion;");
        out.blank();
        out.line("ApiKey(");
        out.line("        int id,");
        out.line("        int minVersion,");
        out.line("        int maxVersion,");
        out.line("        int maxStableVersion,");
        out.open("        int firstFlexibleVersion)");
        for (String field : List.of("id", "minVersion", "maxVersion", "maxStableVersion", "firstFlexibleVersion")) {
            out.line("this." + field + " = (short) " + field + ";");
        }
        out.close();
    }

    private void lookups() {
        out.blank();
        out.javadoc("The API with this number, or null if there is none.");
        out.open("public static @Nullable ApiKey forId(short id)");
        out.line("return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;");
        out.close();
        getter("short id()", "id", "The number that stands for the API in requests.");
        getter("short minVersion()", "minVersion", "The lowest version that can be read and written.");
        getter("short maxVersion()", "maxVersion", "The highest version that can be read and written.");
        getter(
                "short maxStableVersion()",
                "maxStableVersion",
                "The highest version that is meant for production: the newest one of an API may still change.");
        getter(
                "short firstFlexibleVersion()",
                "firstFlexibleVersion",
                "The lowest version with compact encodings and tagged fields, above the highest version if none has them.");
        factory("newRequest", "An empty request.", request -> request);
        factory("newResponse", "An empty response.", this::responseOf);
    }

    /** A switch, since two lambdas for each API would take a good part of a broker's start. */
    private void factory(String name, String document, UnaryOperator<MessageSchema> message) {
        out.blank();
        out.javadoc(document);
        out.open("public ApiMessage " + name + "()");
        out.open("return switch (this)");
        for (MessageSchema request : requests) {
            out.line("case " + JavaNames.constant(request.apiName()) + " -> new "
                    + message.apply(request).name() + "();");
        }
        out.close(";");
        out.close();
    }

    private void getter(String signature, String value, String document) {
        out.blank();
        out.javadoc(document);
        out.open("public " + signature);
        out.line("return " + value + ";");
        out.close();
    }

    private void headerVersions() {
        out.blank();
        out.javadoc("The version of the header in front of a request of this version.");
        out.open("public short requestHeaderVersion(short version)");
        out.line("return (short) (version >= firstFlexibleVersion ? 2 : 1);");
        out.close();
        out.blank();
        out.javadoc("The version of the header in front of a response of this version. That of " + API_VERSIONS
                + " is never flexible: a client reads it before it knows what the broker understands (KIP-511).");
        out.open("public short responseHeaderVersion(short version)");
        out.line("return (short) (version >= firstFlexibleVersion && this != " + JavaNames.constant(API_VERSIONS)
                + " ? 1 : 0);");
        out.close();
    }
}
