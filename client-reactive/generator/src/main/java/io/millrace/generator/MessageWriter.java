package io.millrace.generator;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Writes the source file of one message. */
final class MessageWriter {

    private static final String[] IMPORTS = {
        "io.millrace.wire.ApiKey",
        "io.millrace.wire.ApiMessage",
        "io.millrace.wire.Records",
        "io.millrace.wire.TaggedField",
        "io.millrace.wire.Uuids",
        "io.millrace.wire.WireException",
        "io.millrace.wire.WireMessage",
        "io.millrace.wire.WireReader",
        "io.millrace.wire.WireWriter",
        "io.netty.buffer.ByteBuf",
        "io.netty.buffer.Unpooled",
        "java.util.ArrayList",
        "java.util.List",
        "java.util.Objects",
        "java.util.UUID",
        "org.jspecify.annotations.Nullable",
    };

    private final MessageSchema message;
    private final JavaSource body = new JavaSource();

    MessageWriter(MessageSchema message) {
        this.message = message;
    }

    /** The documentation of the package, which also makes it null-marked. */
    static String packageInfo() {
        return new JavaSource()
                .javadoc("The messages of the Kafka protocol, generated from Kafka's schemas in the build. A message is"
                        + " owned by the thread that works on it.")
                .line("@NullMarked")
                .line("package " + JavaNames.MESSAGE_PACKAGE + ";")
                .blank()
                .line("import org.jspecify.annotations.NullMarked;")
                .toString();
    }

    String write() {
        body.javadoc(document());
        body.open("public final class " + message.name() + " implements "
                + (message.hasApiKey() ? "ApiMessage" : "WireMessage"));
        new StructWriter(message, message.root(), body).write();
        for (StructSchema struct : message.structs()) {
            body.blank();
            body.javadoc(struct.about());
            body.open("public static final class " + struct.name());
            new StructWriter(message, struct, body).write();
            body.close();
        }
        body.close();
        JavaSource file = new JavaSource()
                .line("package " + JavaNames.MESSAGE_PACKAGE + ";")
                .blank();
        for (String name : imports(body.toString())) {
            file.line("import " + name + ";");
        }
        return file.blank() + body.toString();
    }

    private String document() {
        String what = switch (message.kind()) {
            case REQUEST -> "Request of API " + message.apiKey() + ", " + message.apiName();
            case RESPONSE -> "Response of API " + message.apiKey() + ", " + message.apiName();
            case HEADER -> "What precedes every message of its kind";
            case DATA -> "Data that is kept inside records or other messages";
            case COORDINATOR_KEY -> "Key of a coordinator's records of type " + message.apiKey();
            case COORDINATOR_VALUE -> "Value of a coordinator's records of type " + message.apiKey();
        };
        Condition flexible = Condition.in(message.flexibleVersions(), message.validVersions());
        String flexibleFrom = flexible.isNever()
                ? "none of them flexible"
                : flexible.isAlways()
                        ? "all of them flexible"
                        : "flexible from " + message.flexibleVersions().low() + " on";
        return what + ". Versions " + message.validVersions().describe() + ", " + flexibleFrom + ". Generated from "
                + message.name() + ".json.";
    }

    private static Set<String> imports(String source) {
        Set<String> used = new TreeSet<>();
        for (String name : IMPORTS) {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            if (Pattern.compile("\\b" + simple + "\\b").matcher(source).find()) {
                used.add(name);
            }
        }
        return used;
    }
}
