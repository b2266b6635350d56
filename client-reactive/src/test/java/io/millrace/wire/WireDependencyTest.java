package io.millrace.wire;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The dependency rules of the wire format. ARCHITECTURE.md gives the reasons. */
class WireDependencyTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace.wire");

    @Test
    void theWireFormatStandsOnNettysBuffersAndTheCodecs() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.wire..",
                        "io.netty.buffer..",
                        "io.netty.util..",
                        "io.netty.channel",
                        "net.jpountz..",
                        "org.xerial.snappy..",
                        "com.github.luben.zstd..",
                        "java..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void codecsAreForRecordBatchesOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.wire.record..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("net.jpountz..", "org.xerial.snappy..", "com.github.luben.zstd..")
                .check(CLASSES);
    }
}
