throw new Error('this package is not installed: see docs/decisions/hardware-libraries.md');
